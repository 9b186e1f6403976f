import assert from 'node:assert/strict';
import { test } from 'node:test';
import { debPackageFiles } from '../../../../extensions/tables/src/linux/deb_package_files.ts';
import { rowsOf } from '../machine.ts';
import { linesOf, withTools } from './tools.ts';

test('the files of packages agree with dpkg', withTools('/usr/bin/dpkg-query'), () => {
  for (const name of ['dpkg', 'libc6']) {
    const rows = rowsOf(debPackageFiles, { where: { package: name } });
    // dpkg-query also says which file a diverted one gave way to, which is no path of the package.
    const expected = linesOf('dpkg-query', '-L', name).filter(line => line.startsWith('/'));
    assert.deepEqual(rows.map(row => row.path).toSorted(), expected.toSorted());
  }
});
