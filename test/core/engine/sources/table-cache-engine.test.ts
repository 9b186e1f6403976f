import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine, rows } from '../harness.ts';

const module = new URL('./row-cache-fixture.ts', import.meta.url).href;

test('the rows of a cacheable table stay in the thread between scheduled queries', async context => {
  const engine = openEngine(context);
  engine.catalog.set({ name: 'cacheable', aliases: [], placement: { kind: 'module', module } });
  const turn = async (step: number | undefined): Promise<unknown> => {
    const schedule = step === undefined ? {} : { schedule: { step, interval: 10 } };
    const [first] = await rows(engine, 'select turn, n, k from cacheable', { lane: 'scheduled', ...schedule });
    return first?.turn;
  };
  assert.equal(await turn(100), 1);
  assert.equal(await turn(109), 1);
  assert.equal(await turn(undefined), 2);
  assert.equal(await turn(109), 1);
  assert.equal(await turn(110), 3);
});
