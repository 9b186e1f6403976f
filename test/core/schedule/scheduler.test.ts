import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unendedQueries } from '../../../core/src/schedule/marks.ts';
import { loadPerformance } from '../../../core/src/schedule/performance.ts';
import type { RunQuery } from '../../../core/src/schedule/runner.ts';
import { Store } from '../../../core/src/storage/store.ts';
import { OutpostError } from '../../../protocol/src/index.ts';
import { startAgent, TestEngine } from './agent.ts';
import { FakeClock, settle } from './fake-clock.ts';

/** An engine whose query `slow` takes so long, and which notes when each query began, in seconds. */
function timedEngine(clock: FakeClock, slowMs: number) {
  const engine = new TestEngine();
  const started: Record<string, number[]> = {};
  const runQuery: RunQuery = async (sql, { name }) => {
    started[name] = [...(started[name] ?? []), clock.monotonic() / 1000];
    if (name === 'slow') clock.spend(slowMs);
    return engine.answer(sql);
  };
  return { runQuery, started };
}

const tickAndSlow = [
  { name: 'slow', query: 'select 1', interval: 10 },
  { name: 'tick', query: 'select 1', interval: 1 },
];

test('lateness is caught up without sleeping', async () => {
  const clock = new FakeClock(1_700_000_000_000);
  const { runQuery, started } = timedEngine(clock, 4300);
  const agent = await startAgent(tickAndSlow, { clock, runQuery });
  void agent.scheduler.run();
  await clock.advance(20_000);
  await agent.stop();
  const ticks = (started.tick ?? []).map(at => Math.round(at * 10) / 10);
  assert.deepEqual(ticks.slice(0, 12), [4.3, 4.3, 4.3, 4.3, 4.3, 5, 6, 7, 8, 9, 14.3, 14.3]);
  assert.deepEqual(started.slow?.slice(0, 2), [0, 10]);
});

test('beyond the greatest drift lost time is forgotten', async () => {
  const clock = new FakeClock(1_700_000_000_000);
  const { runQuery, started } = timedEngine(clock, 4300);
  const agent = await startAgent(tickAndSlow, { clock, runQuery, settings: { maxDriftSeconds: 1 } });
  void agent.scheduler.run();
  await clock.advance(15_000);
  await agent.stop();
  assert.deepEqual(started.slow, [0, 13.3]);
});

test('the schedule ends by itself after its time', async () => {
  const clock = new FakeClock();
  const queries = [{ name: 'q', query: 'select 1', interval: 1 }];
  const agent = await startAgent(queries, {
    clock,
    runQuery: new TestEngine().runQuery,
    settings: { timeoutSeconds: 3 },
  });
  const ended = agent.scheduler.run();
  await clock.advance(10_000);
  await ended;
  assert.deepEqual(agent.status.at(-1), 'I The scheduler ended after 3 seconds');
  assert.equal(agent.scheduler.rows()[0]?.executions, 4);
  await agent.stop();
});

test('a query runs when its interval divides the virtual time, and at once with a startup priority', async () => {
  const ran: string[] = [];
  const engine = new TestEngine();
  const runQuery: RunQuery = async (sql, { name }) => {
    ran.push(name);
    return engine.answer(sql);
  };
  const agent = await startAgent(
    [
      { name: 'first', query: 'select 1', interval: 5000, startupPriority: 0 },
      { name: 'three', query: 'select 1', interval: 3 },
    ],
    { runQuery },
  );
  for (let time = 3001; time <= 3006; time++) await agent.scheduler.tick(time);
  assert.deepEqual(ran, ['first', 'three', 'three']);
  await agent.stop();
});

test('a query that fails is named, logs nothing, counts as a run and does not stop the others', async () => {
  const engine = new TestEngine();
  const store = Store.memory();
  const queries = [
    { name: 'bad', query: 'selec', interval: 1 },
    { name: 'good', query: 'select 1 as a', interval: 1 },
  ];
  const agent = await startAgent(queries, { store, runQuery: engine.runQuery });
  await agent.scheduler.tick(1);
  await agent.scheduler.tick(2);
  await settle();
  assert.deepEqual(agent.status, [
    'E Error executing scheduled query bad: near "selec": syntax error',
    'I Storing initial results for new scheduled query: good',
    'E Error executing scheduled query bad: near "selec": syntax error',
  ]);
  assert.equal(agent.results.length, 1);
  const [bad, good] = agent.scheduler.rows();
  assert.deepEqual([bad?.executions, bad?.output_size, good?.executions, good?.output_size], [2, 0, 2, 18]);
  assert.deepEqual(await unendedQueries(store), []);
  await agent.stop();
});

test('what the last run asked of its tables is remembered until the query is another', async () => {
  const engine = new TestEngine();
  const slow = { name: 'slow', scans: 3, rows: 6, bytes: 70, nanoseconds: 9e6, cached: 2 };
  const many = Array.from({ length: 60 }, (_, index) => ({ ...slow, name: `t${index}`, nanoseconds: 1e6 - index }));
  let tables = [{ ...slow, nanoseconds: 1 }, slow];
  const runQuery = async (sql: string) => {
    const result = engine.answer(sql);
    return { ...result, stats: { ...result.stats, tables } };
  };
  const queries = [{ name: 'q', query: 'select 1 as a', interval: 1 }];
  const agent = await startAgent(queries, { runQuery });
  const { scheduler } = agent;
  assert.deepEqual(scheduler.scans(), []);
  await scheduler.tick(1);
  const [first] = scheduler.scans();
  assert.deepEqual([first?.name, first?.tables], ['q', [slow, tables[0]]], 'the slowest comes first');
  tables = [...many, slow];
  await scheduler.tick(2);
  const names = scheduler.scans()[0]?.tables.map(({ name }) => name) ?? [];
  assert.deepEqual([names.length, names[0], names.at(-1)], [50, 'slow', 't48']);
  await scheduler.update([{ ...queries[0], name: 'q', query: 'select 2 as a', interval: 1 }]);
  assert.deepEqual(scheduler.scans(), []);
  await agent.stop();
});

test('an unchanged result writes nothing but counters', async () => {
  const written: string[] = [];
  const store = Store.memory();
  const watched = new Proxy(store, {
    get(target, property) {
      const value = Reflect.get(target, property, target) as unknown;
      if (property !== 'batch') return typeof value === 'function' ? value.bind(target) : value;
      return (operations: Parameters<Store['batch']>[0]) => {
        written.push(
          ...operations.map(operation => ('key' in operation ? `${operation.domain} ${operation.key}` : 'range')),
        );
        return target.batch(operations);
      };
    },
  });
  const queries = [{ name: 'q', query: 'select 1 as a', interval: 1 }];
  const agent = await startAgent(queries, { store: watched, runQuery: new TestEngine().runQuery });
  await agent.scheduler.tick(1);
  await settle();
  written.length = 0;
  await agent.scheduler.tick(2);
  const marks = ['configurations running.q', 'configurations timestamp.q', 'configurations running.q'];
  assert.deepEqual(written, [...marks, 'query_performance q']);
  await agent.stop();
});

test('a stopped schedule stops its query, which is no error', async () => {
  const clock = new FakeClock();
  const runQuery: RunQuery = (_sql, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('interrupted'))));
  const agent = await startAgent([{ name: 'q', query: 'select 1', interval: 1 }], { clock, runQuery });
  void agent.scheduler.run();
  await settle();
  await agent.stop();
  assert.deepEqual(agent.status, []);
});

test('event queries log only the rows they get, and count from 1', async () => {
  const engine = new TestEngine();
  engine.db.exec('create table e(a)');
  const queries = [{ name: 'q', query: 'select a from e', interval: 1, eventBased: true }];
  const agent = await startAgent(queries, { runQuery: engine.runQuery });
  const tick = async (time: number): Promise<[number, string][]> => {
    agent.results.length = 0;
    await agent.scheduler.tick(time);
    await settle();
    return agent.results.map(line => JSON.parse(line)).map(line => [line.counter, line.columns.a]);
  };
  engine.db.exec("insert into e values ('x')");
  assert.deepEqual(await tick(1), [[1, 'x']]);
  assert.deepEqual(await tick(2), [[2, 'x']]);
  engine.db.exec('delete from e');
  assert.deepEqual(await tick(3), []);
  engine.db.exec("insert into e values ('y')");
  assert.deepEqual(await tick(4), [[3, 'y']]);
  await agent.stop();
});

test('an event query whose first run has no rows counts from 0', async () => {
  const engine = new TestEngine();
  engine.db.exec('create table e(a)');
  const queries = [{ name: 'q', query: 'select a from e', interval: 1, eventBased: true }];
  const agent = await startAgent(queries, { runQuery: engine.runQuery });
  await agent.scheduler.tick(1);
  engine.db.exec("insert into e values ('x')");
  await agent.scheduler.tick(2);
  await settle();
  assert.deepEqual(
    agent.results.map(line => JSON.parse(line).counter),
    [0],
  );
  await agent.stop();
});

test('an edited query clears its counters, a removed one loses them', async () => {
  const agent = await startAgent([{ name: 'q', query: 'select 1', interval: 1 }], {
    runQuery: new TestEngine().runQuery,
  });
  await agent.scheduler.tick(1);
  await agent.scheduler.update([{ name: 'q', query: 'select 2', interval: 1 }]);
  assert.equal(agent.scheduler.rows()[0]?.executions, 0);
  assert.equal(agent.status.at(-1), 'I Clearing performance stats for query: q');
  await agent.scheduler.tick(2);
  await agent.scheduler.update([]);
  await agent.scheduler.update([{ name: 'q', query: 'select 2', interval: 1 }]);
  assert.equal(agent.scheduler.rows()[0]?.executions, 0);
  await agent.stop();
});

test('a stored state that cannot be read begins anew', async () => {
  const store = Store.memory();
  const queries = [{ name: 'q', query: 'select 1 as a', interval: 1 }];
  const agent = await startAgent(queries, { store, runQuery: new TestEngine().runQuery });
  await agent.scheduler.tick(1);
  const [[key] = ['']] = await store.scan('query_rows', { limit: 1 });
  await store.batch([{ type: 'put', domain: 'query_rows', key, value: new Uint8Array(3) }]);
  await agent.scheduler.tick(2);
  await agent.scheduler.tick(3);
  await settle();
  assert.match(agent.status[1] ?? '', /^E Error executing scheduled query q: A block of result rows is malformed/);
  assert.deepEqual(
    agent.results.map(line => JSON.parse(line).counter),
    [0, 0],
  );
  await agent.stop();
});

/** An engine whose query `slow` ends when the test says so. */
function stuckEngine() {
  const engine = new TestEngine();
  const slow = Promise.withResolvers<void>();
  const ran: string[] = [];
  const runQuery: RunQuery = async (sql, { name }) => {
    ran.push(name);
    if (name === 'slow') await slow.promise;
    return engine.answer(sql);
  };
  return { runQuery, ran, slow };
}

test('a query that takes long is left to run, never twice at once, and the others go on', async () => {
  const clock = new FakeClock();
  const { runQuery, ran, slow } = stuckEngine();
  const queries = [
    { name: 'slow', query: 'select 1', interval: 1 },
    { name: 'quick', query: 'select 2', interval: 1 },
  ];
  const agent = await startAgent(queries, { clock, runQuery });
  void agent.scheduler.run();
  await clock.advance(10_000);
  assert.deepEqual(
    ran.filter(name => name === 'slow'),
    ['slow'],
  );
  assert.ok(ran.length >= 9, ran.join());
  const [standing] = agent.scheduler.standings();
  assert.deepEqual([standing?.running, standing?.last_status], [1, 'late']);
  slow.resolve();
  await clock.advance(2000);
  assert.equal(ran.filter(name => name === 'slow').length > 1, true);
  await agent.stop();
});

test('a query that the engine had to stop is held and says why', async () => {
  const clock = new FakeClock();
  let runs = 0;
  const runQuery: RunQuery = async () => {
    runs += 1;
    throw new OutpostError('QUERY_DEADLINE', { query: 'q', milliseconds: 600_000, where: '' });
  };
  const agent = await startAgent([{ name: 'q', query: 'select 1', interval: 1 }], { clock, runQuery });
  for (let time = 1; time <= 3; time++) await agent.scheduler.tick(time);
  assert.equal(runs, 1);
  const [held] = agent.scheduler.quarantine.rows();
  assert.deepEqual([held?.reason, held?.strikes], ['deadline', 1]);
  assert.match(held?.evidence ?? '', /600000 ms/);
  const [row] = agent.scheduler.rows();
  assert.equal(row?.denylisted, 1);
  assert.deepEqual(
    agent.scheduler.runs.rows().map(({ status, code }) => [status, code]),
    [
      ['failed', 'QUERY_DEADLINE'],
      ['denied', ''],
    ],
  );
  await agent.scheduler.quarantine.lift('q');
  await agent.scheduler.tick(4);
  assert.equal(runs, 2);
  await agent.stop();
});

test('counters of a query that is removed or edited while it runs are not written again', async () => {
  const store = Store.memory();
  const { runQuery, slow } = stuckEngine();
  const before = { name: 'slow', query: 'select 1', interval: 1 };
  const stored = async (): Promise<number> => (await loadPerformance(store, 'slow')).executions;
  for (const after of [[], [{ ...before, query: 'select 2' }]]) {
    const clock = new FakeClock();
    const agent = await startAgent([before], { store, clock, runQuery });
    void agent.scheduler.run();
    await clock.advance(500);
    await agent.scheduler.update(after);
    slow.resolve();
    await settle();
    assert.equal(await stored(), 0);
    assert.deepEqual(
      agent.scheduler.rows().map(({ executions }) => executions),
      after.map(() => 0),
    );
    await agent.stop();
  }
});

test('with a full database a new schedule is in force, which is said once, and its end once', async context => {
  const store = Store.memory();
  const agent = await startAgent([], { store, runQuery: new TestEngine().runQuery });
  const full = context.mock.method(store, 'batch', () =>
    Promise.reject(new OutpostError('STORE_FULL', { path: '/db' })),
  );
  await agent.scheduler.update([
    { name: 'a', query: 'select 1 as a', interval: 1 },
    { name: 'b', query: 'select 2 as b', interval: 1 },
  ]);
  for (let time = 1; time <= 3; time++) await agent.scheduler.tick(time);
  assert.equal(agent.status.length, 2, agent.status.join('\n'));
  assert.match(agent.status[0] ?? '', /^W Counters and intervals of queries could not be stored: .*\/db/);
  assert.match(agent.status[1] ?? '', /^E Error adding new results to database for query a: .*\/db/);
  full.mock.restore();
  agent.status.length = 0;
  for (let time = 4; time <= 5; time++) await agent.scheduler.tick(time);
  await settle();
  assert.deepEqual(
    agent.status.filter(line => line.includes('database')),
    ['I The database takes results again, after 6 that it did not take.'],
  );
  assert.equal(agent.results.length, 2);
  await agent.stop();
});

test('the schedule keeps its pace while the clock is set back and forth', async () => {
  const clock = new FakeClock();
  const agent = await startAgent([{ name: 'q', query: 'select 1 as a', interval: 1, snapshot: true }], {
    clock,
    runQuery: new TestEngine().runQuery,
  });
  void agent.scheduler.run();
  for (const shift of [0, -1e10, 1e10, -5000, 0]) {
    clock.set(shift);
    await clock.advance(10_000);
  }
  await agent.stop();
  assert.equal(agent.snapshots.length, 51);
  const times = agent.snapshots.map(line => JSON.parse(line).unixTime - 1_700_000_000);
  assert.deepEqual([times[10], times[11], times[21]], [10, 11 - 1e7, 21 + 1e7]);
  assert.deepEqual(agent.status, [
    'W The clock of the machine was set back by 10000000 s. The schedule keeps its pace.',
    'W The clock of the machine went forward by 20000000 s: it was set, or the machine slept. The schedule keeps its pace.',
    'W The clock of the machine was set back by 10000005 s. The schedule keeps its pace.',
  ]);
});
