// A tenth of the faults of test/reliability.
import { test } from 'node:test';
import { bear, faults } from '../reliability/faults.ts';
import { hangExtension, restart, suspend } from '../reliability/upheavals.ts';
import { Sandbox } from './harness.ts';

for (const name of ['a table that takes buffers', 'an endless query'] as const)
  test(`${name}: its query alone is stopped and held`, async context => {
    await bear(Sandbox.for(context), faults[name]);
  });

test('an extension that forks and hangs hurts nobody else', async context => {
  await hangExtension(Sandbox.for(context));
});

test('a worker that dies again and again is replaced, and queries that have hardly begun are not blamed', async context => {
  await restart(Sandbox.for(context), 5);
});

test('nobody is blamed when the machine has slept', async context => {
  await suspend(Sandbox.for(context), 4);
});
