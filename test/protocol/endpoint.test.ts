import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unixEndpoint } from '../../protocol/src/index.ts';

test('an endpoint takes a path of 107 bytes', () => {
  const path = `/${'p'.repeat(106)}`;
  assert.deepEqual(unixEndpoint(path), { kind: 'unix', path });
});

test('a longer path is refused, counted in bytes', () => {
  assert.throws(() => unixEndpoint(`/${'p'.repeat(107)}`), {
    code: 'SOCKET_PATH_TOO_LONG',
    message: /has 108 bytes, more than the 107/,
  });
  assert.throws(() => unixEndpoint(`/${'ä'.repeat(54)}`), { code: 'SOCKET_PATH_TOO_LONG' });
});
