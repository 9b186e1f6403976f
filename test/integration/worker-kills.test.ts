import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killWorkers } from '../reliability/worker-kills.ts';
import { Sandbox } from './harness.ts';

test('a worker that is killed again and again loses no change', { timeout: 300_000 }, async context => {
  const sandbox = Sandbox.for(context);
  const { lines, repeated } = await killWorkers(sandbox, 30, 20_261_124);
  assert.ok(lines > 60, `only ${lines} lines`);
  context.diagnostic(`${lines} lines, ${repeated} repeated`);
});
