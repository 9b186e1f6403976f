import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOf } from '@outpost/sdk/testing';
import { hello } from './hello.ts';

test('it greets', async () => {
  assert.deepEqual(await rowsOf(hello, { constraints: { name: 'you' } }), [
    { name: 'you', greeting: 'Hello, you!', length: 11 },
  ]);
});
