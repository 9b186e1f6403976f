import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setClock } from '../reliability/clock-jumps.ts';
import { Sandbox } from './harness.ts';

test('a clock that is set back and forth disturbs neither schedule nor log, and is said', {
  timeout: 90_000,
}, async context => {
  const { said, lines } = await setClock(Sandbox.for(context), 5, 20_261_130);
  assert.equal(said, 5);
  assert.ok(lines > 5);
});
