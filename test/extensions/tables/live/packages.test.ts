import assert from 'node:assert/strict';
import { test } from 'node:test';
import { npmPackages } from '../../../../extensions/tables/src/common/npm_packages.ts';
import { pythonPackages } from '../../../../extensions/tables/src/common/python_packages.ts';
import { aptSources } from '../../../../extensions/tables/src/linux/apt_sources.ts';
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

test('the sources of packages agree with apt', withTools('/usr/bin/apt-get'), () => {
  const format = '$(REPO_URI) $(RELEASE) $(CODENAME) $(ORIGIN)';
  const targets = linesOf('apt-get', 'indextargets', '--format', format, 'Created-By: Packages');
  const rows = rowsOf(aptSources).map(
    ({ base_uri, name, release, maintainer }) => `${base_uri}/ ${String(name).split(' ')[1]} ${release} ${maintainer}`,
  );
  assert.deepEqual(rows.toSorted(), [...new Set(targets)].toSorted());
});

const distributions = `
import importlib.metadata, sys
for found in importlib.metadata.distributions(path=[sys.argv[1]]):
    print(found.metadata['Name'], found.version, sep='\\t')
`;

test(
  'the packages of Python agree with importlib',
  withTools('/usr/bin/python3', '/usr/lib/python3/dist-packages'),
  () => {
    const directory = '/usr/lib/python3/dist-packages';
    const rows = rowsOf(pythonPackages, { where: { directory } });
    assert.deepEqual(
      rows.map(({ name, version }) => `${name}\t${version}`).toSorted(),
      linesOf('/usr/bin/python3', '-c', distributions, directory).toSorted(),
    );
  },
);

test('the packages of Node.js are those that a walk finds', withTools('/usr/bin/find', '/usr/lib/node_modules'), () => {
  const rows = rowsOf(npmPackages, { where: { directory: '/usr/lib' } });
  // A package.json below a package, but not in its node_modules, is no package.
  const manifests = linesOf('find', '/usr/lib/node_modules', '-name', 'package.json').filter(path =>
    /\/node_modules\/(?:@[^/]+\/)?[^/@]+\/package\.json$/.test(path),
  );
  assert.deepEqual(rows.map(row => row.path).toSorted(), manifests.toSorted());
});
