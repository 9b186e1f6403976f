import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunQuery } from '../../../core/src/schedule/runner.ts';
import type { ScheduleSettings } from '../../../core/src/schedule/settings.ts';
import { startAgent, TestEngine } from './agent.ts';

const queries = [
  { name: 'ten', query: 'select 1', interval: 10 },
  { name: 'five', query: 'select 2', interval: 5 },
];

/** What the engine is told of where in the schedule each query stands. */
const told = async (settings: Partial<ScheduleSettings>): Promise<unknown> => {
  const engine = new TestEngine();
  const times: unknown[] = [];
  const runQuery: RunQuery = async (sql, { name, schedule }) => {
    times.push([name, schedule]);
    return engine.answer(sql);
  };
  const agent = await startAgent(queries, { runQuery, settings });
  await agent.scheduler.tick(995);
  await agent.scheduler.tick(1000);
  await agent.stop();
  return times;
};

test('a scheduled query is run with the time of the schedule and its interval, for cacheable tables', async () => {
  assert.deepEqual(await told({}), [
    ['five', { step: 995, interval: 5 }],
    ['ten', { step: 1000, interval: 10 }],
    ['five', { step: 1000, interval: 5 }],
  ]);
});

test('with disable_caching it is not', async () => {
  assert.deepEqual(await told({ disableCaching: true }), [
    ['five', undefined],
    ['ten', undefined],
    ['five', undefined],
  ]);
});
