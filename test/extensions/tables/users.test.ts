import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileView } from '@outpost/sdk';
import fc from 'fast-check';
import { users } from '../../../extensions/tables/src/common/users.ts';
import { parsePasswd } from '../../../extensions/tables/src/lib/passwd.ts';
import { directoryWith, machineWith, rowsOf } from './machine.ts';

const passwd = `root:x:0:0:root:/root:/bin/bash
# comment:x:7:7:::
+nis::::::
broken:x:one:1:::
short:x:1000:1000
nobody:x:4294967294:4294967295:kernel, of it:/nonexistent:/usr/sbin/nologin
toolarge:x:4294967296:1:::
ren\u00e9e:x:1001:1001:Ren\u00e9e:/home/r:/bin/sh:extra
`;

test('gives the local accounts, with signed ids', t => {
  const files = machineWith(t, { 'etc/passwd': passwd });
  const rows = rowsOf(users, { files });
  assert.deepEqual(
    rows.map(row => row.username),
    ['root', 'short', 'nobody', 'ren\u00e9e'],
  );
  assert.deepEqual(rows[2], {
    uid: 4294967294,
    gid: 4294967295,
    uid_signed: -2,
    gid_signed: -1,
    username: 'nobody',
    description: 'kernel, of it',
    directory: '/nonexistent',
    shell: '/usr/sbin/nologin',
    uuid: '',
    pid_with_namespace: 0,
    include_remote: 0,
  });
  assert.deepEqual([rows[1]?.description, rows[1]?.shell, rows[3]?.shell], ['', '', '/bin/sh:extra']);
});

test('makes only the rows that the constraints ask for', t => {
  const files = machineWith(t, { 'etc/passwd': passwd });
  const names = (where: Record<string, unknown>) => rowsOf(users, { files, where }).map(row => row.username);
  assert.deepEqual(names({ uid: 1000 }), ['short']);
  assert.deepEqual(names({ uid: '1000' }), ['short']);
  assert.deepEqual(names({ uid: [0, 1001, 5] }), ['root', 'ren\u00e9e']);
  assert.deepEqual(names({ username: 'root', uid: 1000 }), []);
  assert.deepEqual(names({ uid: 'abc' }), []);
});

test("reads a container's accounts", t => {
  const files = machineWith(t, {
    'etc/passwd': passwd,
    'proc/7/ns/mnt': { link: 'mnt:[1]' },
    'proc/7/root/etc/passwd': 'app:x:5:5:::\n',
  });
  assert.deepEqual(
    rowsOf(users, { files, where: { pid_with_namespace: 7, include_remote: 1 } }).map(row => [
      row.username,
      row.include_remote,
    ]),
    [['app', 1]],
  );
});

test('knows the account that runs this test, also through the name service', () => {
  const { username, uid, homedir } = userInfo();
  const expected = { uid, username, directory: homedir };
  const reduced = (where: Record<string, unknown>) =>
    rowsOf(users, { where }).map(row => ({ uid: row.uid, username: row.username, directory: row.directory }));
  assert.deepEqual(reduced({ uid }), [expected]);
  assert.deepEqual(reduced({ uid, include_remote: 1 }), [expected]);
  assert.deepEqual(reduced({ username, include_remote: 1 }), [expected]);
  assert.deepEqual(reduced({ username: 'no such user', include_remote: 1 }), []);
  assert.deepEqual(reduced({ uid: [-1, 4294967296], include_remote: 1 }), []);
});

test('the name service knows every local account', () => {
  const local = rowsOf(users).map(row => row.username);
  const all = new Set(rowsOf(users, { where: { include_remote: 1 } }).map(row => row.username));
  assert.deepEqual(
    local.filter(name => !all.has(name)),
    [],
  );
});

test('no content makes the parser throw', () => {
  const line = fc.array(fc.constantFrom(':', '0', '1', '-', '+', '#', 'x', '\n', '\r', '\ufffd', '9999999999'), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(
      fc.oneof(
        line.map(parts => parts.join('')),
        fc.string(),
      ),
      content => {
        for (const { uid, gid } of parsePasswd(content))
          assert.ok(uid >= 0 && uid < 2 ** 32 && gid >= 0 && gid < 2 ** 32);
      },
    ),
  );
});

test('accounts by their ids: each in the order asked for, also two of one id, and after the file has changed', t => {
  const root = directoryWith(t, { 'etc/passwd': `${passwd}toor:x:0:0:::\n` });
  const files = fileView(root);
  const names = (uid: number | number[]) => rowsOf(users, { files, where: { uid } }).map(row => row.username);
  assert.deepEqual(names(0), ['root', 'toor']);
  assert.deepEqual(names([1001, 5, 1000]), ['ren\u00e9e', 'short']);
  writeFileSync(join(root, 'etc/passwd'), 'new:x:1001:1::/:/bin/sh\n');
  assert.deepEqual(names([0, 1001]), ['new']);
});
