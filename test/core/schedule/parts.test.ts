import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { freshState, loadQueryState, saveOperations } from '../../../core/src/results/query-state.ts';
import { markRunning } from '../../../core/src/schedule/marks.ts';
import { addRun, loadPerformance, noPerformance, savePerformance } from '../../../core/src/schedule/performance.ts';
import { purgeStaleResults } from '../../../core/src/schedule/purge.ts';
import { splay, splayedIntervals } from '../../../core/src/schedule/splay.ts';
import { Store } from '../../../core/src/storage/store.ts';
import { packText, unpackText } from '../../../core/src/storage/values.ts';

const marked = (name: string, time: number) => markRunning({ name, query: 'select 1', interval: 1 }, time);

test('a splayed interval lies around the configured one, and every value can come', () => {
  const whole = fc.integer({ min: 1, max: 604_800 });
  fc.assert(
    fc.property(
      whole,
      fc.integer({ min: 0, max: 101 }),
      fc.double({ min: 0, max: 0.999999, noNaN: true }),
      (i, p, r) => {
        const most = p > 100 ? 0 : Math.ceil((i * p) / 100);
        const splayed = splay(i, p, () => r);
        assert.ok(splayed >= Math.max(1, i - most) && splayed <= i + most);
      },
    ),
  );
  assert.deepEqual(
    [0, 0.4, 0.99].map(r => splay(10, 10, () => r)),
    [9, 10, 11],
  );
  assert.deepEqual([splay(9, 10, () => 0.99), splay(100, 0, () => 0.9), splay(100, 101, () => 0.9)], [9, 100, 100]);
});

test('splay is remembered for the same interval, by the name without its pack', async () => {
  const store = Store.memory();
  const query = { name: 'pack_p_q', splayName: 'q', query: 'select 1', interval: 100 };
  const intervals = async (interval: number, percent = 10) => {
    const found = await splayedIntervals(store, [{ ...query, interval }], percent, () => 0);
    await store.batch(found.operations);
    return found.intervals.get('pack_p_q');
  };
  assert.equal(await intervals(100), 90);
  assert.equal(unpackText((await store.get('configurations', 'interval.q')) ?? new Uint8Array()), '100:90');
  assert.equal(await intervals(100, 101), 90);
  assert.equal(await intervals(200), 180);
  assert.equal(await intervals(100, 0), 90, '0 and 1 are replaced by 10');
  await store.batch([{ type: 'put', domain: 'configurations', key: 'interval.q', value: packText('100:0') }]);
  assert.equal(await intervals(100, 101), 100);
});

test('counters are summed as osquery sums them', async () => {
  const cost = { wallMs: 1201, userMs: 10, systemMs: 0, memoryBytes: 8192, outputSize: 9 };
  const one = addRun(noPerformance, cost, 1000);
  const two = addRun(one, { ...cost, wallMs: 900, userMs: 0, memoryBytes: 0 }, 1001);
  const three = addRun(two, { ...cost, memoryBytes: 1000 }, 1002);
  assert.deepEqual(two, {
    executions: 2,
    last_executed: 1001,
    wall_time: 1,
    wall_time_ms: 2101,
    last_wall_time_ms: 900,
    user_time: 10,
    last_user_time: 10,
    system_time: 0,
    last_system_time: 0,
    average_memory: 8192,
    last_memory: 8192,
    output_size: 18,
  });
  assert.equal(three.average_memory, Math.floor((8192 * 2 + 1000) / 3));
  const store = Store.memory();
  await store.batch([savePerformance('q', three)]);
  assert.deepEqual(await loadPerformance(store, 'q'), three);
  await store.batch([{ type: 'put', domain: 'query_performance', key: 'short', value: packText('1,2') }]);
  assert.deepEqual(await loadPerformance(store, 'short'), noPerformance);
});

test('results marked with a time that has yet to come are kept for their time, and not until then', async () => {
  const store = Store.memory();
  const now = 2_000_000;
  const state = freshState('', () => 0.5);
  await store.batch(saveOperations('q', { sql: 'select 1', epoch: 0, counter: 0 }, state, undefined));
  await store.batch(marked('q', now * 10));
  await purgeStaleResults(store, new Set(), now);
  assert.notEqual(await loadQueryState(store, 'q', ''), undefined);
  await purgeStaleResults(store, new Set(), now + 592_201);
  assert.equal(await loadQueryState(store, 'q', ''), undefined);
});

test('results of queries that have long not been scheduled are forgotten', async () => {
  const store = Store.memory();
  const now = 2_000_000;
  const record = { sql: 'select 1', epoch: 0, counter: 0 };
  for (const name of ['kept', 'recent', 'old', 'unknown']) {
    await store.batch(
      saveOperations(
        name,
        record,
        freshState('', () => 0.5),
        undefined,
      ),
    );
  }
  await store.batch([...marked('recent', now - 592_200), ...marked('old', now - 592_201)]);
  await purgeStaleResults(store, new Set(['kept']), now);
  assert.equal(await loadQueryState(store, 'old', ''), undefined);
  for (const name of ['kept', 'recent', 'unknown'])
    assert.notEqual(await loadQueryState(store, name, ''), undefined, name);
  await purgeStaleResults(store, new Set(), now + 592_201);
  assert.equal(await loadQueryState(store, 'unknown', ''), undefined);
});
