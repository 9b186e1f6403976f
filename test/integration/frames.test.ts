import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bombardSockets } from '../reliability/frames.ts';
import { Sandbox } from './harness.ts';

test('mutated frames neither crash nor hang nor swell the agent or an extension', {
  timeout: 180_000,
}, async context => {
  const result = await bombardSockets(Sandbox.for(context), 100_000, 1);
  context.diagnostic(JSON.stringify(result));
  assert.ok(result.manager.answered > 2000 && result.extension.answered > 2000);
  for (const grown of Object.values(result.grownMb)) assert.ok(grown < 240, `${grown} MB`);
});
