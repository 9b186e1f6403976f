import assert from 'node:assert/strict';
import { test } from 'node:test';
import { debPackageFiles } from '../../../extensions/tables/src/linux/deb_package_files.ts';
import { machineWith, rowsOf } from './machine.ts';

const lists = {
  'var/lib/dpkg/info/adduser.list': '/.\n/etc\n/etc/adduser.conf\n',
  'var/lib/dpkg/info/adduser.md5sums': 'no list',
  'var/lib/dpkg/info/libc6:amd64.list': '/.\n/usr/share/a file\n',
  'var/lib/dpkg/info/libc6:i386.list': '/lib/ld-linux.so.2\n',
  'srv/info/other.list': '/only/here',
};

const pairs = (rows: readonly Readonly<Record<string, unknown>>[]) => rows.map(row => [row.package, row.path]);

test('gives the paths of every package, for each of its architectures', t => {
  const rows = rowsOf(debPackageFiles, { files: machineWith(t, lists) });
  assert.deepEqual(rows[0], { package: 'adduser', path: '/.', admindir: '/var/lib/dpkg' });
  assert.deepEqual(pairs(rows), [
    ['adduser', '/.'],
    ['adduser', '/etc'],
    ['adduser', '/etc/adduser.conf'],
    ['libc6', '/.'],
    ['libc6', '/usr/share/a file'],
    ['libc6', '/lib/ld-linux.so.2'],
  ]);
});

test('looks only for what the query names', t => {
  const files = machineWith(t, lists);
  assert.deepEqual(pairs(rowsOf(debPackageFiles, { files, where: { package: ['libc6', 'lib'], path: '/.' } })), [
    ['libc6', '/.'],
  ]);
  assert.deepEqual(rowsOf(debPackageFiles, { files, where: { admindir: ['/srv', '/none', 'srv'] } }), [
    { package: 'other', path: '/only/here', admindir: '/srv' },
  ]);
});

test('a machine without dpkg has none, and a list that cannot be read is told of', t => {
  assert.deepEqual(rowsOf(debPackageFiles, { files: machineWith(t, {}) }), []);
  const warnings: string[] = [];
  const files = machineWith(t, { 'var/lib/dpkg/info/broken.list': { directory: true } });
  assert.deepEqual(rowsOf(debPackageFiles, { files, warnings }), []);
  assert.match(warnings.join(), /broken\.list .* cannot be read\.$/);
});
