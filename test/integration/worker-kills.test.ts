import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killWorkers } from '../reliability/worker-kills.ts';
import { Sandbox } from './harness.ts';

test('a worker that is killed again and again loses no change', { timeout: 90_000 }, async context => {
  const sandbox = Sandbox.for(context);
  const { lines, repeated } = await killWorkers(sandbox, 5, 20_261_124);
  assert.ok(lines > 10, `only ${lines} lines`);
  context.diagnostic(`${lines} lines, ${repeated} repeated`);
});
