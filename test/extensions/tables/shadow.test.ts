import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseShadow } from '../../../extensions/tables/src/lib/shadow.ts';
import { shadow } from '../../../extensions/tables/src/linux/shadow.ts';
import { machineWith, rowsOf } from './machine.ts';

// Entries as Debian (yescrypt, `*`), Red Hat (`!!`, SHA-512) and Alpine (`!`, missing fields) write them.
const content = `root:$y$j9T$salt$hash:19781:0:99999:7:::
daemon:*:19757:0:99999:7:::
centos:$6$salt$hash:18000:0:90:7:14:20000:1
sshd:!!:19757::::::
locked:!$6$salt$hash:19000:0:99999:7:::
nobody:!::0:::::
guest::19000:0:99999:7:::
x11:x:1:0:9:7:::
des:abcdefghijklm:many:0:99999:7:::
+nis::::::::
#no:x:1
half
`;

test('tells what a password is without giving it', t => {
  const rows = rowsOf(shadow, { files: machineWith(t, { 'etc/shadow': content }) });
  assert.deepEqual(
    rows.map(row => [row.username, row.password_status, row.hash_alg, row.last_change]),
    [
      ['root', 'active', 'y', 19781],
      ['daemon', 'locked', '', 19757],
      ['centos', 'active', '6', 18000],
      ['sshd', 'not_set', '', 19757],
      ['locked', 'locked', '6', 19000],
      ['nobody', 'locked', '', -1],
      ['guest', 'empty', '', 19000],
      ['x11', 'locked', '', 1],
      ['des', 'active', '', -1],
    ],
  );
  assert.ok(!JSON.stringify(rows).includes('hash"') && !JSON.stringify(rows).includes('salt'));
  assert.deepEqual(rows[2], {
    username: 'centos',
    password_status: 'active',
    hash_alg: '6',
    last_change: 18000,
    min: 0,
    max: 90,
    warning: 7,
    inactive: 14,
    expire: 20000,
    flag: 1,
  });
});

test('makes only the rows of the names asked for, and warns where the file cannot be read', t => {
  const files = machineWith(t, { 'etc/shadow': content });
  assert.deepEqual(
    rowsOf(shadow, { files, where: { username: ['guest', 'none'] } }).map(row => row.username),
    ['guest'],
  );
  const warnings: string[] = [];
  assert.deepEqual(rowsOf(shadow, { files: machineWith(t, { 'etc/shadow': { directory: true } }), warnings }), []);
  assert.equal(warnings.length, 1);
  assert.deepEqual(rowsOf(shadow, { files: machineWith(t, {}) }), []);
});

test('no content makes the parser throw', () => {
  const pieces = fc.constantFrom(':', '$', '!', '*', 'x', '1', '-', '+', '#', '\n', '\r', '\ufffd');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), parts => {
      for (const entry of parseShadow(parts.join(''))) {
        assert.notEqual(entry.name, '');
        assert.ok(Number.isSafeInteger(entry.expire));
      }
    }),
  );
});
