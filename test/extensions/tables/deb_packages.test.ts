import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseStatus } from '../../../extensions/tables/src/lib/dpkg.ts';
import { debPackages } from '../../../extensions/tables/src/linux/deb_packages.ts';
import { machineWith, rowsOf } from './machine.ts';

const status = `Package: adduser
Status: install ok installed
Priority: important
Section: admin
Installed-Size: 686
Maintainer: Debian <a@b.c>
Architecture: all
Source: adduser-src (1.2)
Version: 1:3.134-2-3
Description: add
 Package: not a field
 .
Homepage: x

Package: gone
Status: deinstall ok not-installed
Version: 1

package: lower
STATUS: hold ok config-files
Version: 7
Installed-Size: many
`;

test('gives every package that is installed, or was', t => {
  const rows = rowsOf(debPackages, { files: machineWith(t, { 'var/lib/dpkg/status': status }) });
  assert.deepEqual(rows[0], {
    name: 'adduser',
    version: '1:3.134-2-3',
    source: 'adduser-src (1.2)',
    size: 686,
    arch: 'all',
    revision: '3',
    status: 'install ok installed',
    maintainer: 'Debian <a@b.c>',
    section: 'admin',
    priority: 'important',
    admindir: '/var/lib/dpkg',
    pid_with_namespace: 0,
    mount_namespace_id: '',
  });
  assert.deepEqual(
    rows.slice(1).map(row => [row.name, row.status, row.size, row.revision]),
    [['lower', 'hold ok config-files', undefined, '']],
  );
});

test('reads other directories, and the status.d of images without dpkg', t => {
  const files = machineWith(t, {
    'a/status': 'Package: one\nStatus: install ok installed\n',
    'b/status.d/base': 'Package: two\nVersion: 1-1\n',
    'b/status.d/base.md5sums': 'abc usr/bin/x\n',
  });
  const rows = rowsOf(debPackages, { files, where: { admindir: ['/a', '/b', '/none', 'relative', ''] } });
  assert.deepEqual(
    rows.map(row => [row.name, row.admindir, row.status]),
    [
      ['one', '/a', 'install ok installed'],
      ['two', '/b', 'install ok installed'],
    ],
  );
  assert.deepEqual(rowsOf(debPackages, { files }), []);
});

test('agrees with dpkg', { skip: !existsSync('/usr/bin/dpkg-query') }, () => {
  const format = '$' + '{db:Status-Status}\t$' + '{Package}\t$' + '{Version}\t$' + '{Architecture}\n';
  const expected = execFileSync('dpkg-query', ['-W', '-f', format], { encoding: 'utf8', maxBuffer: 1 << 26 })
    .trim()
    .split('\n');
  const got = rowsOf(debPackages).map(row =>
    [String(row.status).split(' ')[2], row.name, row.version, row.arch].join('\t'),
  );
  assert.deepEqual(got.toSorted(), expected.toSorted());
});

test('no content makes the parser throw', () => {
  const pieces = fc.constantFrom(
    'Package: ',
    'Status: ',
    'Version: ',
    'installed',
    '-',
    ':',
    ' ',
    '\n',
    '\n\n',
    '\r',
    '\ufffd',
  );
  fc.assert(
    fc.property(fc.array(pieces), parts => {
      for (const found of parseStatus(Buffer.from(parts.join('')), 'x')) assert.notEqual(found.name, '');
    }),
  );
});

test('deb_packages: names and maintainers outside of ASCII, and fields in whatever case', t => {
  const status =
    'PACKAGE: dé\nstatus: install ok installed\nmaintainer:  Jörg 日本 <j@example>  \n Status: none\nInstalled-Sizes: 9\n';
  const [row] = rowsOf(debPackages, { files: machineWith(t, { 'var/lib/dpkg/status': status }) });
  assert.deepEqual([row?.name, row?.maintainer, row?.size], ['dé', 'Jörg 日本 <j@example>', undefined]);
});

test('deb_packages: a status file that is none is a warning', t => {
  const files = machineWith(t, { 'var/lib/dpkg/status/part': '' });
  const warnings: string[] = [];
  assert.deepEqual(rowsOf(debPackages, { files, warnings }), []);
  assert.match(warnings.join(), /dpkg\/status .* cannot be read/);
});
