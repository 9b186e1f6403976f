import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leaveLogger } from '../reliability/logger-down.ts';
import { Sandbox } from './harness.ts';

test('a logger that was away gets every line, holds back no other, and is missed once', {
  timeout: 120_000,
}, async context => {
  const { said, back, lines } = await leaveLogger(Sandbox.for(context), {
    rounds: 1,
    awaySeconds: 6,
    seed: 20_261_130,
  });
  assert.ok(lines > 5);
  assert.deepEqual([said, back], [1, 1]);
});
