import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { suidBin } from '../../../../extensions/tables/src/posix/suid_bin.ts';
import { rowsOf } from '../machine.ts';

const skip = existsSync('/usr/bin/find') ? false : '/usr/bin/find is not here';

test('set-uid programs agree with find', { skip }, () => {
  const format = '%p %u %g\n';
  // It fails where a link makes a loop, after it has printed the rest.
  const { stdout } = spawnSync('find', [
    '-L',
    '/usr/bin/',
    '/usr/sbin/',
    '-maxdepth',
    '1',
    '-type',
    'f',
    '-perm',
    '/6000',
    '-printf',
    format,
  ]);

  const paths = rowsOf(suidBin, { warnings: [] }).filter(row => /^\/usr\/s?bin\/[^/]+$/.test(String(row.path)));
  const expected = stdout
    .toString()
    .trim()
    .split('\n')
    .filter(line => line !== '');
  assert.deepEqual(paths.map(row => `${row.path} ${row.username} ${row.groupname}`).toSorted(), expected.toSorted());
});
