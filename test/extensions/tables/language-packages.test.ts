import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { npmPackages } from '../../../extensions/tables/src/common/npm_packages.ts';
import { pythonPackages } from '../../../extensions/tables/src/common/python_packages.ts';
import { packageFacts } from '../../../extensions/tables/src/lib/node-modules.ts';
import { parsePythonMetadata } from '../../../extensions/tables/src/lib/python-metadata.ts';
import { machineWith, rowsOf } from './machine.ts';

/** What pip 24 wrote for requests 2.32.3. */
const requests = `Metadata-Version: 2.1
Name: requests
Version: 2.32.3
Summary: Python HTTP for Humans.
Home-page: https://requests.readthedocs.io
Author: Kenneth Reitz
Author-email: me@kennethreitz.org
License: Apache-2.0
Classifier: License :: OSI Approved :: Apache Software License
Requires-Dist: charset-normalizer <4,>=2

# Requests
Name: not-this
`;

/** In the form since metadata 2.4. */
const newer = `Metadata-Version: 2.4
Name: attrs
Version: 25.1.0
Summary: Classes: without boilerplate
Author-email: Hynek Schlawack <hs@ox.cx>
License-Expression: MIT
License-File: LICENSE
`;

const site = 'usr/lib/python3/dist-packages';
const home = 'home/ann/.local/share/pipx/venvs/black/lib/python3.12/site-packages';

const snake = {
  'etc/passwd': 'root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n',
  [`${site}/requests-2.32.3.dist-info/METADATA`]: requests,
  [`${site}/PyYAML-6.0.egg-info`]: 'Metadata-Version: 1.2\nName: PyYAML\nVersion: 6.0\nLicense: MIT\r\n',
  [`${site}/six-1.16.0.egg-info/PKG-INFO`]: 'Name: six\nVersion: 1.16.0\n',
  [`${site}/empty-1.dist-info`]: { directory: true },
  [`${site}/six.py`]: '',
  [`${home}/attrs-25.1.0.dist-info/METADATA`]: newer,
} as const;

test('python_packages: directories and files of metadata of the machine', t => {
  const rows = rowsOf(pythonPackages, { files: machineWith(t, snake), where: { uid: 0 } });
  assert.deepEqual(
    rows.map(({ name, version, license }) => [name, version, license]),
    [
      ['PyYAML', '6.0', 'MIT'],
      ['requests', '2.32.3', 'Apache-2.0'],
      ['six', '1.16.0', ''],
    ],
  );
  assert.deepEqual(rows[1], {
    name: 'requests',
    uid: 0,
    version: '2.32.3',
    summary: 'Python HTTP for Humans.',
    author: 'Kenneth Reitz',
    license: 'Apache-2.0',
    path: `/${site}/requests-2.32.3.dist-info`,
    directory: `/${site}/`,
    pid_with_namespace: 0,
  });
});

test('python_packages: those of a user are given when the user is asked for, and are the user’s', t => {
  const rows = rowsOf(pythonPackages, { files: machineWith(t, snake), where: { uid: 1000 } });
  assert.deepEqual(
    rows.filter(row => row.uid === 1000).map(({ name, summary, author, license }) => [name, summary, author, license]),
    [['attrs', 'Classes: without boilerplate', 'Hynek Schlawack <hs@ox.cx>', 'MIT']],
  );
});

test('python_packages: a directory that the query names, as it names it, and no other', t => {
  const files = machineWith(t, snake);
  const rows = rowsOf(pythonPackages, { files, where: { directory: [`/${home}`, 'relative', '/nowhere'] } });
  assert.deepEqual(
    rows.map(({ name, directory, uid }) => [name, directory, uid]),
    [['attrs', `/${home}`, 0]],
  );
});

const manifest = (name: string, more: object = {}): string => JSON.stringify({ name, version: '1.0.0', ...more });

const modules = {
  'usr/lib/node_modules/npm/package.json': manifest('npm', { author: 'GitHub Inc.', license: 'Artistic-2.0' }),
  'usr/lib/node_modules/npm/node_modules/@npmcli/arborist/package.json': manifest('@npmcli/arborist'),
  'usr/lib/node_modules/npm/node_modules/@npmcli/arborist/node_modules/deep/package.json': manifest('deep'),
  'usr/lib/node_modules/npm/node_modules/.package-lock.json': '{}',
  'usr/lib/node_modules/npm/node_modules/loop': { link: '../..' },
  'usr/lib/node_modules/corepack/README.md': '',
  'root/.nvm/versions/node/v22.1.0/lib/node_modules/old/package.json': manifest('old', {
    author: { name: 'A. U. Thor', email: 'a@example.org' },
    license: { type: 'MIT', url: 'https://example.org/license' },
    description: 7,
  }),
  'srv/app/node_modules/broken/package.json': '{"name": ',
} as const;

test('npm_packages: level by level, scopes, and no end in a loop of links', t => {
  const rows = rowsOf(npmPackages, { files: machineWith(t, modules) });
  assert.deepEqual(
    rows.map(({ name, depth, directory, author, license }) => [name, depth, directory, author, license]),
    [
      ['npm', 0, '/usr/lib', 'GitHub Inc.', 'Artistic-2.0'],
      ['@npmcli/arborist', 1, '/usr/lib', '', ''],
      ['deep', 2, '/usr/lib', '', ''],
      ['old', 0, '/root/.nvm/versions/node/v22.1.0/lib', 'A. U. Thor', 'https://example.org/license'],
    ],
  );
});

test('npm_packages: as deep as the query says', t => {
  const files = machineWith(t, modules);
  const names = (max_depth: number) =>
    rowsOf(npmPackages, { files, where: { directory: '/usr/lib', max_depth } }).map(row => row.name);
  assert.deepEqual(names(0), ['npm']);
  assert.deepEqual(names(1), ['npm', '@npmcli/arborist']);
  assert.deepEqual(names(-1), ['npm', '@npmcli/arborist', 'deep']);
});

test('npm_packages: a package whose file is broken is there, and is warned of', t => {
  const warnings: string[] = [];
  const rows = rowsOf(npmPackages, { files: machineWith(t, modules), where: { directory: '/srv/app' }, warnings });
  assert.deepEqual(
    rows.map(({ name, path }) => [name, path]),
    [['', '/srv/app/node_modules/broken/package.json']],
  );
  assert.match(warnings[0] ?? '', /broken\/package\.json .* cannot be read/);
});

test('any metadata are read without an error', () => {
  fc.assert(fc.property(fc.string(), text => typeof parsePythonMetadata(text).name === 'string'));
  fc.assert(
    fc.property(fc.jsonValue(), value => Object.values(packageFacts(value)).every(fact => typeof fact === 'string')),
  );
});
