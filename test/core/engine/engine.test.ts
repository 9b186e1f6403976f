import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import type { OutpostError } from '@outpost/protocol';
import { defineTable, integer } from '@outpost/sdk';
import { rowsAsText } from '../../../core/src/engine/rows.ts';
import { endless, failsWith, letGo, openEngine, rows, temporaryDirectory } from './harness.ts';

test('a table of a module is loaded when a statement names it, and an alias is the same table', async context => {
  const engine = openEngine(context);
  assert.deepEqual(await rows(engine, 'select * from numbers where n in (7, 3)'), [
    { n: 3, word: 'number 3' },
    { n: 7, word: 'number 7' },
  ]);
  assert.deepEqual(await rows(engine, 'select count(*) as c from digits'), [{ c: 9999 }]);
});

test('a limit stops a generator, constraints reach it, and the counters say what was read', async context => {
  const engine = openEngine(context);
  const limited = await engine.query('select n from numbers limit 2', { lane: 'shell' });
  assert.equal(limited.stats.tables[0]?.rows, 2);
  const constrained = await engine.query('select n from numbers where n = 5', { lane: 'shell' });
  assert.deepEqual(
    constrained.stats.tables.map(({ name, scans, rows }) => ({ name, scans, rows })),
    [{ name: 'numbers', scans: 1, rows: 1 }],
  );
});

test('an asynchronous table is answered by the plugin host, block by block', async context => {
  const engine = openEngine(context);
  assert.deepEqual(await rows(engine, 'select count(*) as c, max(n) as m from slow_numbers'), [{ c: 3000, m: 3000 }]);
  assert.deepEqual(await rows(engine, 'select limit_told from slow_numbers limit 1'), [{ limit_told: 1 }]);
  assert.deepEqual(
    await rows(engine, 'select a.n from slow_numbers a join slow_numbers b using (n) where a.n = 2999'),
    [{ n: 2999 }],
  );
});

test('a table of the main thread tells what is true now', async context => {
  const engine = openEngine(context);
  let answer = 1;
  engine.addMainTables(
    defineTable({
      name: 'answer',
      description: 'The answer.',
      columns: { n: integer('It') },
      generate: () => [{ n: answer }],
    }) as never,
  );
  assert.deepEqual(await rows(engine, 'select n from answer'), [{ n: 1 }]);
  answer = 2;
  assert.deepEqual(await rows(engine, 'select n from answer'), [{ n: 2 }]);
});

test('an endless statement, an endless table and a table that never answers are stopped by the deadline, and the lane goes on', async context => {
  const engine = openEngine(context);
  for (const sql of [endless, 'select sum(n) from forever', 'select * from late']) {
    await assert.rejects(
      rows(engine, sql, { deadlineMs: 200, name: 'culprit' }),
      failsWith('QUERY_DEADLINE', /culprit .* 200 ms/),
    );
    assert.deepEqual(await rows(engine, 'select 1 as one'), [{ one: 1 }]);
  }
});

test('a query is cancelled by its signal, while it runs and before', async context => {
  const engine = openEngine(context);
  const controller = new AbortController();
  const running = rows(engine, endless, { signal: controller.signal });
  setTimeout(() => controller.abort(), 100);
  await assert.rejects(running, failsWith('QUERY_CANCELLED'));
  await assert.rejects(rows(engine, 'select 1', { signal: controller.signal }), failsWith('QUERY_CANCELLED'));
});

test('lanes do not wait for each other', async context => {
  const engine = openEngine(context);
  const controller = new AbortController();
  const blocked = engine.query(endless, { lane: 'scheduled', signal: controller.signal });
  blocked.catch(() => undefined);
  for (const lane of ['live', 'shell', 'extension'] as const)
    assert.equal((await engine.query('select 1', { lane })).rowCount, 1);
  const beside = engine.query(endless, { lane: 'extension', signal: controller.signal });
  beside.catch(() => undefined);
  assert.equal(
    (await engine.query('select 1', { lane: 'extension' })).rowCount,
    1,
    'the lane of extensions has several threads',
  );
  controller.abort();
  await assert.rejects(blocked, failsWith('QUERY_CANCELLED'));
  await assert.rejects(beside, failsWith('QUERY_CANCELLED'));
});

test('a thread that hangs in a system call is abandoned, counted and replaced', async context => {
  const path = join(temporaryDirectory(context), 'fifo');
  execFileSync('mkfifo', [path]);
  const abandoned: number[] = [];
  const engine = openEngine(context, { onAbandoned: count => abandoned.push(count) });
  await rows(engine, 'select 1');
  await assert.rejects(
    rows(engine, `select * from fifo where path = '${path}'`, { deadlineMs: 1500 }),
    failsWith('QUERY_DEADLINE'),
  );
  assert.deepEqual(abandoned, [1]);
  assert.deepEqual(await rows(engine, 'select 1 as one'), [{ one: 1 }]);
  letGo(path);
});

test('a budget stops a query with its figure', async context => {
  const engine = openEngine(context);
  await assert.rejects(
    rows(engine, 'select * from numbers', { budget: { rows: 100 } }),
    failsWith('QUERY_BUDGET_ROWS', /more than 100 rows/),
  );
  await assert.rejects(
    rows(engine, 'select * from numbers', { budget: { bytes: 1000 } }),
    failsWith('QUERY_BUDGET_BYTES', /more than 1000 bytes/),
  );
});

test('what SQLite says comes through, with its code', async context => {
  const engine = openEngine(context);
  const codes = {
    'selec 1': 1,
    'select * from absent': 1,
    'select x from numbers': 1,
    'select * from fifo': 19,
  };
  for (const [sql, sqliteCode] of Object.entries(codes))
    await assert.rejects(
      rows(engine, sql),
      (error: unknown) => failsWith('SQL_ERROR')(error) && (error as OutpostError).sqliteCode === sqliteCode,
    );
  await assert.rejects(
    rows(engine, "attach 'a' as b"),
    (error: unknown) =>
      failsWith('QUERY_NOT_AUTHORIZED', /^not authorized: ATTACH a is refused, since /)(error) &&
      (error as OutpostError).sqliteCode === 23,
  );
  await assert.rejects(rows(engine, 'select * from broken'), failsWith('SQL_ERROR', /^the table broke$/));
  await assert.rejects(
    rows(engine, 'select * from launchd'),
    failsWith('TABLE_OTHER_PLATFORM', /exists on macOS only/),
  );
});

test('a table without a server says why, and a removed one is gone', async context => {
  const engine = openEngine(context);
  await rows(engine, 'select n from numbers limit 1');
  engine.catalog.set({
    name: 'numbers',
    aliases: [],
    placement: { kind: 'unavailable', message: 'extension e is not responding since noon' },
  });
  await assert.rejects(
    rows(engine, 'select n from numbers'),
    failsWith('SQL_ERROR', /^extension e is not responding since noon$/),
  );
  engine.catalog.remove('numbers');
  await assert.rejects(rows(engine, 'select n from numbers'), failsWith('SQL_ERROR', /no such table: numbers/));
});

test('statements run one after the other, and what they leave open is undone', async context => {
  const engine = openEngine(context);
  assert.deepEqual(await rows(engine, 'select 1 as a; select 2 as a'), [{ a: 1 }, { a: 2 }]);
  assert.deepEqual(await rows(engine, "select 1 as a, 'x' as b; create table t(x); select 2.5 as c, 3 as a, 4 as a"), [
    { a: 1, b: 'x', c: null },
    { a: 4, b: null, c: 2.5 },
  ]);
  await assert.rejects(rows(engine, 'begin; create table kept(a); select * from absent'), failsWith('SQL_ERROR'));
  await assert.rejects(rows(engine, 'select * from kept'), failsWith('SQL_ERROR', /no such table: kept/));
  assert.deepEqual(await rows(engine, ' -- nothing'), []);
});

test('columns are told without running the statement', async context => {
  const engine = openEngine(context);
  assert.deepEqual(await engine.columns("select n, word as w, n + 1, 'x' || word as t from numbers"), [
    { name: 'n', type: 'INTEGER' },
    { name: 'w', type: 'TEXT' },
    { name: 'n + 1', type: 'BIGINT' },
    { name: 't', type: 'TEXT' },
  ]);
  await assert.rejects(engine.columns(''), failsWith('SQL_ERROR', /not an error/));
  await assert.rejects(engine.columns('select * from absent'), failsWith('SQL_ERROR', /no such table/));
});

test('rows of text have the texts of the wire, in select order', async context => {
  const engine = openEngine(context);
  const result = await engine.query('select 1.0 as d, 2 as b, null as n, 9007199254740993 as big, 1e20 as a', {
    lane: 'live',
    encoding: 'thrift',
  });
  assert.deepEqual(rowsAsText(result).map(Object.entries), [
    [
      ['d', '1.0'],
      ['b', '2'],
      ['n', ''],
      ['big', '9007199254740993'],
      ['a', '1e+20.0'],
    ],
  ]);
});

test('what a table has to say reaches the status log', async context => {
  const said: string[] = [];
  const engine = openEngine(context, { onWarning: (table, message) => said.push(`${table}: ${message}`) });
  await rows(engine, 'select * from noted');
  assert.deepEqual(said, ['noted: one row is missing']);
});

test('a full lane refuses, and a closed engine answers nothing', async context => {
  const engine = openEngine(context);
  const controller = new AbortController();
  const waiting = Array.from({ length: 101 }, () =>
    engine.query(endless, { lane: 'shell', signal: controller.signal }),
  );
  for (const query of waiting) query.catch(() => undefined);
  await assert.rejects(
    engine.query('select 1', { lane: 'shell' }),
    failsWith('QUERY_QUEUE_FULL', /100 queries wait in the lane shell/),
  );
  controller.abort();
  await Promise.allSettled(waiting);
  await engine.close();
  await assert.rejects(engine.query('select 1', { lane: 'shell' }), failsWith('ENGINE_CLOSED'));
});
