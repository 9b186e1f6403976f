import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { groups } from '../../../extensions/tables/src/common/groups.ts';
import { userGroups } from '../../../extensions/tables/src/common/user_groups.ts';
import { parseGroups } from '../../../extensions/tables/src/lib/group.ts';
import { machineWith, rowsOf } from './machine.ts';

const group = `root:x:0:
# comment:x:7:
+nis:::
wheel:x:10:root,alice
alias:x:10:
nogroup:x:4294967294:
broken:x:ten:
video:x:44:alice,,bob
`;
const passwd = 'root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\nbob:x:1001:44::/home/bob:/bin/sh\n';

test('gives the groups of another root by its file alone, the first of an id', t => {
  const files = machineWith(t, { 'etc/group': group });
  const rows = rowsOf(groups, { files });
  assert.deepEqual(
    rows.map(row => [row.gid, row.gid_signed, row.groupname]),
    [
      [0, 0, 'root'],
      [10, 10, 'wheel'],
      [4294967294, -2, 'nogroup'],
      [44, 44, 'video'],
    ],
  );
  assert.deepEqual(
    rowsOf(groups, { files, where: { gid: [10, 7] } }).map(row => row.groupname),
    ['wheel'],
  );
});

test("reads a container's groups", t => {
  const files = machineWith(t, { 'proc/7/ns/mnt': { link: 'mnt:[1]' }, 'proc/7/root/etc/group': 'app:x:5:\n' });
  assert.deepEqual(rowsOf(groups, { files, where: { pid_with_namespace: 7 } }), [
    { gid: 5, gid_signed: 5, groupname: 'app', pid_with_namespace: 7 },
  ]);
});

test('gives the primary group and those that list the user, each once', t => {
  const files = machineWith(t, { 'etc/group': group, 'etc/passwd': passwd });
  const pairs = (where = {}) => rowsOf(userGroups, { files, where }).map(row => [row.uid, row.gid]);
  assert.deepEqual(pairs(), [
    [0, 0],
    [0, 10],
    [1000, 1000],
    [1000, 10],
    [1000, 44],
    [1001, 44],
  ]);
  assert.deepEqual(pairs({ uid: [1001, 5] }), [[1001, 44]]);
});

test('says that a file cannot be read', t => {
  const files = machineWith(t, { 'etc/group': { directory: true }, 'etc/passwd': passwd });
  for (const table of [groups, userGroups]) {
    const warnings: string[] = [];
    rowsOf(table, { files, warnings });
    assert.equal(warnings.length, 1);
  }
});

test('no content makes the parser throw', () => {
  const pieces = fc.constantFrom(':', ',', '0', '1', '-', '+', '#', 'x', '\n', '\r', '\ufffd', '9999999999');
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 60 }).map(parts => parts.join('')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(texts, content => {
      for (const { gid, members } of parseGroups(content)) {
        assert.ok(gid >= 0 && gid < 2 ** 32);
        assert.ok(!members.includes(''));
      }
    }),
  );
});
