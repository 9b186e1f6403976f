import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileView } from '@outpost/sdk';
import fc from 'fast-check';
import { bdbValues } from '../../../extensions/tables/src/lib/rpm/bdb.ts';
import { filesOf } from '../../../extensions/tables/src/lib/rpm/files.ts';
import { RpmHeader, rpmTags } from '../../../extensions/tables/src/lib/rpm/header.ts';
import { ndbHeaders } from '../../../extensions/tables/src/lib/rpm/ndb.ts';
import { rpmPackageFiles } from '../../../extensions/tables/src/linux/rpm_package_files.ts';
import { rpmPackages } from '../../../extensions/tables/src/linux/rpm_packages.ts';
import { directoryWith, machineWith, rowsOf } from './machine.ts';
import { addSqlite, bdb, headers, ndbOf } from './rpm-databases.ts';

/** What `rpm -q --queryformat` says of the packages. */
const tool = {
  name: 'hello-tool',
  version: '1.4',
  release: '3.el9',
  source: 'hello-tool-1.4-3.el9.src.rpm',
  size: 15,
  sha1: 'e6ae48edda3b1a1805a4ecc1642762ec76031bc5',
  arch: 'noarch',
  epoch: 2,
  install_time: 1_795_576_460,
  vendor: 'Example Project',
  package_group: 'Applications/System',
  pid_with_namespace: 0,
  mount_namespace_id: '',
};
const plain = {
  ...tool,
  name: 'plain',
  version: '0.9',
  release: '1',
  source: 'plain-0.9-1.src.rpm',
  size: 0,
  sha1: 'f92fcb5954906a359bececc0d28de63da6d382b9',
  epoch: undefined,
  vendor: '',
  package_group: 'Unspecified',
};

function fedora(t: TestContext, keepOpen = false) {
  const root = directoryWith(t, { 'var/lib/rpm': { link: '../../usr/lib/sysimage/rpm' } });
  const directory = join(root, 'usr/lib/sysimage/rpm');
  mkdirSync(directory, { recursive: true });
  const database = addSqlite(directory, headers, keepOpen);
  t.after(() => database[Symbol.dispose]());
  return { directory, files: fileView(root) };
}

test('reads the database of Fedora and leaves nothing beside it', t => {
  const { directory, files } = fedora(t);
  assert.deepEqual(rowsOf(rpmPackages, { files }), [plain, tool]);
  assert.deepEqual(readdirSync(directory), ['rpmdb.sqlite']);
});

test('sees what is only in the log of the database yet', t => {
  const { files } = fedora(t, true);
  assert.deepEqual(rowsOf(rpmPackages, { files }), [plain, tool]);
});

test('asks the database for the packages that the query names', t => {
  const { files } = fedora(t);
  assert.deepEqual(rowsOf(rpmPackages, { files, where: { name: ['hello-tool', 'none'] } }), [tool]);
});

test('reads the database of SUSE', t => {
  const files = machineWith(t, { 'usr/lib/sysimage/rpm/Packages.db': ndbOf(headers) });
  assert.deepEqual(rowsOf(rpmPackages, { files }), [plain, tool]);
  assert.deepEqual(rowsOf(rpmPackages, { files, where: { name: 'plain' } }), [plain]);
});

test('reads the database of Red Hat Enterprise Linux 8', t => {
  const files = machineWith(t, { 'var/lib/rpm/Packages': bdb() });
  const byName = rowsOf(rpmPackages, { files }).toSorted((left, right) =>
    String(left.name) < String(right.name) ? 1 : -1,
  );
  assert.deepEqual(byName, [plain, tool]);
});

test('gives the files of packages', t => {
  const files = machineWith(t, { 'var/lib/rpm/Packages': bdb() });
  const shared = { package: 'hello-tool', username: 'root', groupname: 'root', sha256: '' };
  assert.deepEqual(rowsOf(rpmPackageFiles, { files }), [
    { ...shared, path: '/etc/hello', mode: '0755', size: 0 },
    {
      ...shared,
      path: '/etc/hello/hello.conf',
      groupname: 'adm',
      mode: '0640',
      size: 4,
      sha256: 'fe3209d6d4f51935b391288a43df48d9ddece1a992597ae53387ca16611a9179',
    },
    {
      ...shared,
      path: '/usr/bin/hello',
      mode: '4755',
      size: 6,
      sha256: '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03',
    },
    { ...shared, path: '/usr/bin/hi', mode: '0777', size: 5 },
  ]);
  assert.deepEqual(
    rowsOf(rpmPackageFiles, { files, where: { package: 'hello-tool', path: ['/usr/bin/hi', '/x'] } }).map(
      row => row.path,
    ),
    ['/usr/bin/hi'],
  );
  assert.deepEqual(rowsOf(rpmPackageFiles, { files, where: { package: 'plain' } }), []);
});

test('a machine without rpm has no rows, and a broken database is told of', t => {
  assert.deepEqual(rowsOf(rpmPackages, { files: machineWith(t, {}) }), []);
  const warnings: string[] = [];
  const files = machineWith(t, { 'var/lib/rpm/rpmdb.sqlite': 'this is no database '.repeat(100) });
  assert.deepEqual(rowsOf(rpmPackages, { files, warnings }), []);
  assert.match(warnings.join(), /^\/var\/lib\/rpm\/rpmdb\.sqlite \(.*\) cannot be read\.$/);
  const directory = machineWith(t, { 'var/lib/rpm/Packages': { directory: true } });
  assert.deepEqual(rowsOf(rpmPackages, { files: directory, warnings }), []);
  assert.equal(warnings.length, 2);
});

/** A content with some of its bytes changed, and its end cut off. */
const damaged = (content: Buffer) =>
  fc
    .tuple(fc.array(fc.tuple(fc.nat(content.length - 1), fc.nat(255)), { maxLength: 20 }), fc.nat(content.length))
    .map(([changes, length]) => {
      const copy = Buffer.from(content);
      for (const [at, byte] of changes) copy[at] = byte;
      return copy.subarray(0, length);
    });

const readFrom = (content: Buffer) => (offset: number, bytes: number) => content.subarray(offset, offset + bytes);

test('damage makes no reader throw', () => {
  const readAll = (blob: Buffer) => {
    const header = new RpmHeader(blob);
    for (const tag of Object.values(rpmTags)) header.number(tag);
    assert.ok([...filesOf(header)].length <= blob.length);
  };
  fc.assert(fc.property(damaged(headers[1]), readAll));
  fc.assert(fc.property(damaged(ndbOf(headers)), content => [...ndbHeaders(readFrom(content))].forEach(readAll)));
  fc.assert(fc.property(damaged(bdb()), content => [...bdbValues(readFrom(content))].forEach(readAll)));
  fc.assert(fc.property(fc.uint8Array(), content => readAll(Buffer.from(content))));
});
