import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gather } from '../reliability/crowd.ts';
import { Sandbox } from './harness.ts';

test('100 extensions register at once, and 64 peers query them side by side', { timeout: 150_000 }, async context => {
  const crowd = await gather(Sandbox.for(context), { extensions: 100, peers: 64, seconds: 6, seed: 1 });
  context.diagnostic(JSON.stringify(crowd));
  assert.ok(crowd.queries > 1000);
});
