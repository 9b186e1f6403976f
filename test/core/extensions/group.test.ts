import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupNumber, mayRegister } from '../../../core/src/extensions/group.ts';

test('a group is named by its name or its number', () => {
  assert.deepEqual([groupNumber(''), groupNumber('4321'), groupNumber('root')], [undefined, 4321, 0]);
  assert.throws(() => groupNumber('no such group'), { code: 'EXTENSIONS_GROUP_UNKNOWN' });
});

const stranger = { pid: 1, uid: 4_294_967_000, gid: 5 };

for (const [peer, group, passes] of [
  [{ ...stranger, uid: 0 }, undefined, true],
  [{ ...stranger, uid: process.geteuid?.() ?? 0 }, undefined, true],
  [undefined, undefined, true],
  [stranger, undefined, false],
  [stranger, 77, false],
  [{ ...stranger, gid: 77 }, 77, true],
  [{ ...stranger, groups: [5, 77] }, 77, true],
  [{ ...stranger, groups: [5, 78] }, 77, false],
  [{ ...stranger, groups: [5, 77] }, undefined, false],
] as const)
  test(`the process ${JSON.stringify(peer)} may ${passes ? '' : 'not '}register where the group is ${group}`, () => {
    assert.equal(mayRegister(peer, group), passes);
  });
