import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../core/src/engine/engine.ts';
import { rowsOf } from '../../../core/src/engine/rows.ts';
import { noFigures } from '../../../core/src/schedule/run-log.ts';
import { outpostQuarantine } from '../../../core/src/tables/outpost_quarantine.ts';
import { outpostQueryRuns } from '../../../core/src/tables/outpost_query_runs.ts';
import { outpostQueryScans } from '../../../core/src/tables/outpost_query_scans.ts';
import { outpostSchedule } from '../../../core/src/tables/outpost_schedule.ts';

const standing = {
  name: 'q',
  splayed_interval: 61,
  next_run_in: 3,
  last_status: 'ok',
  last_code: '',
  last_error: '',
  last_rows: 2,
  last_started: 1.5,
  runs_ok: 1,
  runs_failed: 0,
  runs_left_out: 0,
  p50_ms: 1.5,
  p95_ms: null,
  running: 0,
} as const;

const run = { ...noFigures, name: 'q', startedMs: 1500, status: 'ok', wallMs: 2, rows: 3, counter: 7 } as const;

const entry = (query: string) =>
  ({ query, hash: 'h', reason: 'rows', evidence: 'E', strikes: 1, since: 1, until: 301, over: false }) as const;

test('a row of outpost_quarantine is deleted to let its query go', async context => {
  const held = new Map([entry('a'), entry('b')].map(one => [one.query, one]));
  const quarantine = { rows: () => [...held.values()], lift: async (name: string) => held.delete(name) };
  const engine = Engine.open();
  context.after(() => engine.close());
  engine.addMainTables(outpostQuarantine(() => quarantine));
  const ask = (sql: string) => engine.query(sql, { lane: 'shell' });
  assert.deepEqual(
    [...rowsOf(await ask('select query, strikes, until from outpost_quarantine'))],
    [
      { query: 'a', strikes: 1, until: 301 },
      { query: 'b', strikes: 1, until: 301 },
    ],
  );
  await ask("delete from outpost_quarantine where query = 'b'");
  assert.deepEqual([...held.keys()], ['a']);
  await assert.rejects(ask("update outpost_quarantine set strikes = 0 where query = 'a'"), /may not be modified/);
  await ask('delete from outpost_quarantine');
  assert.equal(held.size, 0);
});

test('without a schedule nothing is held, has run or stands anywhere', async context => {
  const engine = Engine.open();
  context.after(() => engine.close());
  engine.addMainTables(
    outpostQuarantine(() => undefined),
    outpostQueryRuns(() => []),
    outpostQueryScans(() => []),
    outpostSchedule(() => []),
  );
  for (const name of ['outpost_quarantine', 'outpost_query_runs', 'outpost_query_scans', 'outpost_schedule']) {
    assert.equal((await engine.query(`select * from ${name}`, { lane: 'shell' })).rowCount, 0);
    for (const example of (await engine.schema(name))?.examples ?? []) await engine.query(example, { lane: 'shell' });
  }
  await engine.query("delete from outpost_quarantine where query = 'a'", { lane: 'shell' });
});

test('runs and standings are told as they are', async context => {
  const engine = Engine.open();
  context.after(() => engine.close());
  engine.addMainTables(
    outpostQueryRuns(() => [run]),
    outpostSchedule(() => [standing]),
  );
  const rows = async (sql: string) => [...rowsOf(await engine.query(sql, { lane: 'shell' }))];
  assert.deepEqual(await rows('select * from outpost_schedule'), [standing]);
  assert.deepEqual(await rows('select name, started, status, rows, counter from outpost_query_runs'), [
    { name: 'q', started: 1.5, status: 'ok', rows: 3, counter: 7 },
  ]);
});

test('the scans of a query are a row for each table', async context => {
  const engine = Engine.open();
  context.after(() => engine.close());
  const tables = ['a', 'b'].map(name => ({ name, scans: 2, rows: 5, bytes: 60, nanoseconds: 1_234_567, cached: 1 }));
  engine.addMainTables(outpostQueryScans(() => [{ name: 'q', time: 9, tables }]));
  const found = await engine.query('select * from outpost_query_scans', { lane: 'shell' });
  const row = { name: 'q', calls: 2, rows: 5, bytes: 60, ms: 1.235, cached: 1, time: 9 };
  assert.deepEqual(
    [...rowsOf(found)],
    ['a', 'b'].map(table_name => ({ ...row, table_name })),
  );
});
