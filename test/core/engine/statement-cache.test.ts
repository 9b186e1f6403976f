import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTable, integer, text } from '@outpost/sdk';
import { prepare, type Statement, step } from '../../../core/src/engine/native.ts';
import { StatementCache } from '../../../core/src/engine/statement-cache.ts';
import { readRows } from '../../../protocol/src/blocks/block-reader.ts';
import { endless, failsWith, openEngine, rows } from './harness.ts';
import { numberTable, openTables, type TestConnection } from './native-harness.ts';

const prepared = ({ handle }: TestConnection, sql: string): Statement => {
  const statement = prepare(handle, sql);
  assert.ok(statement !== null);
  return statement;
};

const run = (statement: Statement | undefined) =>
  statement === undefined ? undefined : [...readRows(step(statement, 0, 1 << 20, 1000).block)];

test('a kept statement is lent once, runs again from its start, and the oldest goes', () => {
  using connection = openTables({ t: numberTable(2) });
  const cache = new StatementCache(2);
  for (const sql of ['select 1', 'select id from t', 'select 3']) {
    const statement = prepared(connection, sql);
    run(statement);
    cache.keep(sql, 0, statement);
  }
  assert.equal(cache.size, 2);
  assert.equal(cache.take('select 1', 0), undefined);
  assert.equal(cache.take('select 3', 1), undefined, 'another place in a text is another statement');
  const statement = cache.take('select id from t', 0);
  assert.deepEqual(run(statement), [[0], [1]]);
  assert.deepEqual(run(statement), []);
  assert.equal(cache.take('select id from t', 0), undefined);
  if (statement !== undefined) cache.keep('select id from t', 0, statement);
  cache.clear();
  assert.equal(cache.size, 0);
  assert.throws(() => run(statement), /finalized/);
});

test('what was used lately stays', () => {
  using connection = openTables({});
  const cache = new StatementCache(2);
  const keep = (sql: string): void => cache.keep(sql, 0, cache.take(sql, 0) ?? prepared(connection, sql));
  for (const sql of ['select 1', 'select 2', 'select 1', 'select 3']) keep(sql);
  assert.equal(cache.take('select 2', 0), undefined);
  assert.ok(cache.take('select 1', 0));
});

test('a statement that may change what names mean is not kept, nor is anything before it', () => {
  using connection = openTables({});
  for (const sql of ['create table x(a)', 'insert into x values (1)', 'begin', 'rollback', 'drop table x']) {
    const cache = new StatementCache();
    cache.keep('select 1', 0, prepared(connection, 'select 1'));
    const statement = prepared(connection, sql);
    run(statement);
    cache.keep(sql, 0, statement);
    assert.equal(cache.size, 0, sql);
  }
});

test('a very long text is not kept', () => {
  using connection = openTables({});
  const cache = new StatementCache();
  const sql = `select ${'1'.padStart(20_000)}`;
  cache.keep(sql, 0, prepared(connection, sql));
  assert.equal(cache.size, 0);
});

test('a query that comes again sees new rows, a new view and a new table of the name', async context => {
  const engine = openEngine(context);
  const table = (columns: object, row: object) =>
    defineTable({ name: 'thing', description: 'A thing.', columns, generate: () => [row] } as never) as never;
  const again = async (): Promise<unknown> => (await rows(engine, 'select * from thing; select * from thing'))[1];
  engine.addMainTables(table({ a: integer('A') }, { a: 1 }));
  assert.deepEqual([await again(), await again()], [{ a: 1 }, { a: 1 }]);
  engine.addMainTables(table({ b: text('B'), a: integer('A') }, { a: 2, b: 'two' }));
  assert.deepEqual(
    [await again(), await again()],
    [
      { b: 'two', a: 2 },
      { b: 'two', a: 2 },
    ],
  );
  engine.catalog.remove('thing');
  await assert.rejects(again(), failsWith('SQL_ERROR', 'no such table: thing'));
  for (const columns of ['1 as a', '2 as b, 3 as c']) {
    await rows(engine, `drop view if exists thing; create view thing as select ${columns}`);
    assert.deepEqual(await again(), columns === '1 as a' ? { a: 1 } : { b: 2, c: 3 });
  }
});

test('a rolled back change of the schema is not remembered', async context => {
  const engine = openEngine(context);
  await rows(engine, 'create view v as select 1 as a');
  const change = 'begin; drop view v; create view v as select 2 as b, 3 as c; select * from v';
  for (let round = 0; round < 2; round++) {
    assert.deepEqual(await rows(engine, 'select * from v'), [{ a: 1 }]);
    assert.deepEqual(await rows(engine, change), [{ b: 2, c: 3 }]);
  }
});

test('a statement that failed or was stopped runs as a new one the next time', async context => {
  const engine = openEngine(context);
  for (let round = 0; round < 3; round++) {
    await assert.rejects(rows(engine, 'select * from broken'), failsWith('SQL_ERROR', 'the table broke'));
    await assert.rejects(rows(engine, endless, { deadlineMs: 100 }), failsWith('QUERY_DEADLINE'));
    await assert.rejects(
      rows(engine, 'select n from numbers', { budget: { rows: 3 } }),
      failsWith('QUERY_BUDGET_ROWS'),
    );
    assert.equal((await rows(engine, 'select n from numbers')).length, 9999);
  }
});
