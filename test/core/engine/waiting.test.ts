import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { defineTable, integer, type TableDefinition } from '@outpost/sdk';
import { LanePool } from '../../../core/src/engine/lane.ts';
import type { QueryThread } from '../../../core/src/engine/query-thread-handle.ts';
import { QueryWatch } from '../../../core/src/engine/query-watch.ts';
import { until } from '../../protocol/sockets.ts';
import { endless, failsWith, letGo, openEngine, rows, temporaryDirectory } from './harness.ts';

test('a query that waits for its turn is given up at its deadline or by its caller, not when its turn comes', async context => {
  const engine = openEngine(context);
  const first = new AbortController();
  const running = engine.query(endless, { lane: 'live', signal: first.signal });
  running.catch(() => undefined);
  const began = performance.now();
  const second = new AbortController();
  const cancelled = engine.query('select 1', { lane: 'live', signal: second.signal });
  setTimeout(() => second.abort(), 50);
  await assert.rejects(cancelled, failsWith('QUERY_CANCELLED'));
  await assert.rejects(
    engine.query('select 1', { lane: 'live', deadlineMs: 50, name: 'patient' }),
    failsWith('QUERY_DEADLINE', /patient/),
  );
  assert.ok(performance.now() - began < 1000);
  first.abort();
  await assert.rejects(running, failsWith('QUERY_CANCELLED'));
  assert.equal((await engine.query('select 1', { lane: 'live' })).rowCount, 1, 'nobody who left is in the way');
});

test('closing ends queries that run and queries that wait', async context => {
  const engine = openEngine(context);
  await engine.query('select 1', { lane: 'live' }); // now the thread has started
  const running = engine.query(endless, { lane: 'live' });
  const waiting = engine.query('select 1', { lane: 'live' });
  const failures = [
    assert.rejects(running, failsWith('QUERY_THREAD_LOST', /closed/)),
    assert.rejects(waiting, failsWith('ENGINE_CLOSED')),
  ];
  await engine.close();
  await Promise.all(failures);
});

const oneRow = (name: string, insert?: () => number): TableDefinition =>
  defineTable({
    name,
    description: 'One row.',
    columns: { n: integer('A number') },
    generate: () => [{ n: 1 }],
    ...(insert !== undefined && { insert }),
  }) as TableDefinition;

test('a query waits for a table that is announced, but not when it would write again', async context => {
  const engine = openEngine(context, { awaitMs: 20_000 });
  const placement = { kind: 'unavailable', message: 'The table coming is not there yet.', awaited: true } as const;
  engine.catalog.set({ name: 'coming', aliases: [], placement });
  let written = 0;
  engine.addMainTables(oneRow('kept', () => ++written));
  await assert.rejects(
    rows(engine, 'select 1; insert into kept(n) values (1); select n from coming'),
    failsWith('SQL_ERROR', placement.message),
  );
  assert.equal(written, 1);
  const asked = rows(engine, '-- patient\nselect n from coming');
  await rows(engine, 'select 1'); // its turn comes after that of the other one, which waits by now
  engine.addMainTables(oneRow('coming'));
  assert.deepEqual(await asked, [{ n: 1 }]);
  const { queries, failures } = engine.tally.lanes.get('shell') ?? {};
  assert.deepEqual([queries, failures], [3, 1], 'a query that waits is one query');
});

test('a deadline of years is no deadline', async context => {
  const engine = openEngine(context);
  for (const deadlineMs of [2 ** 40, Number.POSITIVE_INFINITY])
    assert.deepEqual(await rows(engine, 'select 1 as one', { deadlineMs }), [{ one: 1 }]);
});

test('a lane starts threads on demand, up to its limit, and ends idle ones beyond the first', async () => {
  const closed: number[] = [];
  let started = 0;
  const start = (): QueryThread => {
    const number = ++started;
    const thread = { alive: true, close: async () => void closed.push(number) };
    return thread as unknown as QueryThread;
  };
  const pool = new LanePool('extension', start, { threads: 3, waiting: 10, reserved: 0, idleMs: 20 });
  const watch = new QueryWatch({ lane: 'extension' });
  const release = Promise.withResolvers<void>();
  const used: unknown[] = [];
  const work = Array.from({ length: 5 }, () =>
    pool.use(watch, async thread => {
      used.push(thread);
      await release.promise;
    }),
  );
  await until(() => used.length === 3);
  assert.equal(started, 3);
  release.resolve();
  await Promise.all(work);
  assert.deepEqual([started, used.length], [3, 5]);
  await until(() => pool.threads.length === 1);
  assert.equal(closed.length, 2);
});

test('two threads that hang make the engine wedged', async context => {
  let wedged = 0;
  const engine = openEngine(context, { onWedged: () => wedged++ });
  const fifos = ['one', 'two'].map(name => `${temporaryDirectory(context)}/${name}`);
  execFileSync('mkfifo', fifos);
  const warming = fifos.map(() => engine.query('select * from numbers', { lane: 'extension' }));
  await Promise.all(warming);
  await Promise.all(
    fifos.map(path =>
      assert.rejects(
        engine.query(`select * from fifo where path = '${path}'`, { lane: 'extension', deadlineMs: 500 }),
        failsWith('QUERY_DEADLINE'),
      ),
    ),
  );
  assert.deepEqual([engine.abandoned, wedged], [2, 1]);
  for (const path of fifos) letGo(path);
});

test('a process ends by itself when nothing is asked, closed or not', () => {
  const fixture = fileURLToPath(new URL('./ending-fixture.ts', import.meta.url));
  for (const argument of ['closed', 'open']) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [fixture, argument], { timeout: 20_000 });
    assert.deepEqual([status, String(stdout), String(stderr)], [0, '3000\n', ''], argument);
  }
});
