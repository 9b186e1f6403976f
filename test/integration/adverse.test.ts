import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canMount, endure } from '../reliability/adverse.ts';
import { Sandbox } from './harness.ts';

test('full and read-only disks and a lost database cost no line and no restart, and are said', {
  timeout: 120_000,
  skip: canMount() ? false : 'this user may not mount file systems',
}, async context => {
  const { said, lines, repeated } = await endure(Sandbox.for(context), 1, 1);
  context.diagnostic(`${JSON.stringify(said)}, ${lines} lines, ${repeated} repeated`);
  for (const [name, times] of Object.entries(said))
    assert.ok(times >= 1 && times <= 3, `${name} was said ${times} times`);
});
