import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileView } from '@outpost/sdk';
import fc from 'fast-check';
import { capabilityText } from '../../../extensions/tables/src/lib/capabilities.ts';
import { libc } from '../../../extensions/tables/src/lib/sys/libc.ts';
import { extendedAttributes } from '../../../extensions/tables/src/posix/extended_attributes.ts';
import { directoryWith, rowsOf } from './machine.ts';

/** Sets an attribute; false where the file system has none. */
function setAttribute(path: string, name: string, value: Buffer): boolean {
  const set = libc().library.func(
    'int lsetxattr(const char *path, const char *name, void *value, size_t size, int flags)',
  );
  return set(path, name, value, value.length, 0) === 0;
}

test('gives text as it is and everything else in base64', t => {
  const root = directoryWith(t, {
    'data/one': '',
    'data/link': { link: 'one' },
    'data/plain': '',
    way: { link: 'data' },
  });
  const one = join(root, 'data/one');
  if (!setAttribute(one, 'user.text', Buffer.from('hello there\0'))) return t.skip('no attributes on this file system');
  setAttribute(one, 'user.bytes', Buffer.from('no end'));
  setAttribute(one, 'user.empty', Buffer.alloc(0));
  const files = fileView(root);
  const rows = rowsOf(extendedAttributes, { files, where: { path: ['/data/one', '/data/plain', '/data/none', ''] } });
  assert.deepEqual(rows.map(row => [row.key, row.value, row.base64]).toSorted(), [
    ['user.bytes', 'bm8gZW5k', 1],
    ['user.empty', '', 1],
    ['user.text', 'hello there', 0],
  ]);
  assert.deepEqual([rows[0]?.path, rows[0]?.directory], ['/data/one', '/data']);
  assert.deepEqual(rowsOf(extendedAttributes, { files, where: { path: '/data/link' } }), []);
  assert.equal(rowsOf(extendedAttributes, { files, where: { path: '/way/one' } }).length, 3);
  assert.equal(rowsOf(extendedAttributes, { files, where: { directory: '/data' } }).length, 3);
});

test('reads capabilities as getcap does', { skip: !existsSync('/usr/sbin/setcap') }, t => {
  const root = directoryWith(t, { ping: '' });
  const path = join(root, 'ping');
  try {
    execFileSync('/usr/sbin/setcap', ['cap_net_raw,cap_net_admin=ep cap_kill=eip', path], { stdio: 'pipe' });
  } catch {
    return t.skip('capabilities cannot be set here');
  }
  const [row] = rowsOf(extendedAttributes, { where: { path } });
  const expected = execFileSync('/usr/sbin/getcap', [path], { encoding: 'utf8' }).trim().split(' ').slice(1).join(' ');
  assert.deepEqual([row?.key, row?.value, row?.base64], ['security.capability', expected, 0]);
});

// What getcap 2.66 prints of these values.
const known: readonly (readonly [string, string])[] = [
  ['0100000200200000000000000000000000000000', 'cap_net_raw=ep'],
  ['0100000320000000000000000000000000000000e8030000', 'cap_kill=ep'],
  ['0000000200000000000000000000000000000000', '='],
  ['01000002ffffffff00000000ff01000000000000', '=ep'],
  ['0000000220000000ffffffff00000000ff010000', '=i cap_kill+p'],
  ['00000002deffffff00000000ff01000000000000', '=p cap_chown,cap_kill-p'],
  ['0100000200000080000000800000000000000000', 'cap_setfcap=eip'],
  ['0100000221000000010020000000000000000000', 'cap_chown=eip cap_sys_admin+ei cap_kill+ep'],
  ['0000000201000000200000000000000000000000', 'cap_kill=i cap_chown+p'],
  ['01000002feffffffdfffffffff010000ff010000', '=eip cap_chown-p cap_kill-i'],
  ['00000002feffffff21000000ff01000000000000', '=p cap_kill+i cap_chown+i-p'],
  ['0100000200000000000000000002000000000000', '= 41+ep'],
  ['00000002ffffffff00000000ffff000000000000', '=p 41,42,43,44,45,46,47+p'],
];

test('writes capabilities as libcap does', () => {
  for (const [value, text] of known) assert.equal(capabilityText(Buffer.from(value, 'hex')), text);
  assert.equal(capabilityText(Buffer.from('01000001002000000000000', 'hex')), undefined);
  assert.equal(capabilityText(Buffer.from('010000010020000000000000', 'hex')), 'cap_net_raw=ep');
});

test('no value makes the decoder throw', () => {
  const sizes = fc.constantFrom(0, 3, 4, 12, 20, 24, 30);
  fc.assert(
    fc.property(sizes, fc.uint8Array({ minLength: 30, maxLength: 30 }), fc.nat(4), (size, bytes, revision) => {
      bytes[3] = revision;
      const text = capabilityText(Buffer.from(bytes.subarray(0, size)));
      assert.ok(text === undefined || /^[a-z0-9_,=+\- ]+$/.test(text));
    }),
  );
});
