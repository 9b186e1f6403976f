import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { SqlValue } from '../../../core/src/engine/native.ts';
import { rowsAsText } from '../../../core/src/engine/rows.ts';
import { answered, openExtension } from './extension-harness.ts';
import { failsWith, openEngine, rows } from './harness.ts';

const columns = ['table_name', 'calls', 'constraints', 'columns', 'rows', 'bytes', 'ms', 'cached'];

/** The answer without the figures that differ from run to run. */
const explain = async (context: TestContext, sql: string): Promise<Record<string, SqlValue>[]> => {
  const found = await rows(openEngine(context), `explain scans ${sql}`);
  return found.map(({ bytes, ms, ...row }) => {
    assert.equal(typeof ms, 'number');
    assert.ok(Number(bytes) >= 0 && Number(ms) >= 0);
    return row;
  });
};

test('a scan is told with its constraints, columns and figures, and the statement as a whole', async context => {
  const engine = openEngine(context);
  const [scan, whole, ...others] = await rows(
    engine,
    "explain scans select word from numbers where n = 5 and word like 'n%'",
  );
  assert.deepEqual(others, []);
  assert.deepEqual(Object.keys(scan ?? {}), columns);
  const { ms, bytes, ...told } = scan ?? {};
  assert.deepEqual(told, {
    table_name: 'numbers',
    calls: 1,
    constraints: "n = 5 and word like 'n%'",
    columns: '*',
    rows: 1,
    cached: 0,
  });
  assert.ok(Number(ms) > 0);
  assert.equal(bytes, 16, 'a block of a 5 and a text of eight characters');
  assert.deepEqual([whole?.table_name, whole?.calls, whole?.rows, whole?.bytes], ['(statement)', 1, 1, 11]);
  assert.ok(Number(whole?.ms) >= Number(ms));
});

test('values are counted where each has a scan, and where a list came at once', async context => {
  const list = '(values (1), (2), (3), (4), (5), (2))';
  const [joined] = await explain(context, `select word from ${list} l join numbers on n = l.column1`);
  assert.deepEqual(joined, {
    table_name: 'numbers',
    calls: 6,
    constraints: 'n = each of 1, 2, 3, … 5 values',
    columns: '*',
    rows: 6,
    cached: 1,
  });
  const [listed] = await explain(context, 'select n from numbers where n in (3, 2, 1)');
  assert.deepEqual([listed?.calls, listed?.constraints, listed?.columns], [1, 'n in (1, 2, 3)', 'n']);
});

test('scans of one table under other constraints are told apart, limits and orders are told', async context => {
  const told = await explain(
    context,
    'select * from (select n from numbers order by n limit 7 offset 1) union all select n from numbers where n > 9990',
  );
  assert.deepEqual(
    told.map(({ table_name, constraints, rows }) => [table_name, constraints, rows]),
    [
      ['numbers', 'order by n limit 8', 1024],
      ['numbers', 'n > 9990', 9999],
      ['(statement)', '', 16],
    ],
  );
});

test('a long text is cut and a line stays a line', async context => {
  const word = `'it''s' || char(10, 0) || '${'é'.repeat(100)}'`;
  const [scan] = await explain(context, `select n from numbers where word = ${word}`);
  assert.equal(scan?.constraints, `word = 'it''s\ufffd\ufffd${'é'.repeat(52)}…`);
});

test('a statement without tables has its own row only, and so has a write', async context => {
  const engine = openEngine(context);
  assert.equal((await rows(engine, 'explain scans select 1')).length, 1);
  assert.equal((await rows(engine, 'explain scans create table t(a)')).length, 1);
  assert.deepEqual(await rows(engine, 'select count(*) as c from t'), [{ c: 0 }], 'it has run for real');
});

test('tables of the plugin host are told like others', async context => {
  const [scan] = await explain(context, 'select count(*) from slow_numbers');
  assert.deepEqual([scan?.table_name, scan?.columns, scan?.rows], ['slow_numbers', '', 3000]);
});

test('tables of an extension are told in the bytes that came over its socket', async context => {
  const routes = [
    { id: 'column', name: 'x', type: 'TEXT', op: '0' },
    { id: 'column', name: 'n', type: 'INTEGER', op: '0' },
  ];
  const engine = await openExtension(context, [{ table: 'remote', routes }], () =>
    answered([
      { x: 'a', n: '1' },
      { x: 'b', n: '2' },
    ]),
  );
  const [scan] = await rows(engine, "explain scans select n from remote where x = 'a'");
  const { table_name, constraints, columns, rows: given, bytes } = scan ?? {};
  // A list's head, and for each map its own, with two keys and two values of one byte behind their lengths.
  assert.deepEqual(
    [table_name, constraints, columns, given, bytes],
    ['remote', "x = 'a'", '*', 2, 5 + 2 * (6 + 4 * 5)],
  );
});

test('it stands among other statements, and each is answered', async context => {
  const engine = openEngine(context);
  const result = await engine.query('explain scans select 1; explain scans select n from numbers where n = 2;', {
    lane: 'extension',
    encoding: 'thrift',
  });
  const told = rowsAsText(result).map(({ table_name, calls, rows }) => [table_name, calls, rows]);
  assert.deepEqual(told, [
    ['(statement)', '0', '1'],
    ['numbers', '1', '1'],
    ['(statement)', '1', '1'],
  ]);
  assert.deepEqual(await rows(engine, "select 'explain scans select 1' as text"), [{ text: 'explain scans select 1' }]);
});

test('its columns have names and types before it runs', async context => {
  const engine = openEngine(context);
  assert.deepEqual(
    (await engine.columns('explain scans select sum(n) from forever')).map(({ name, type }) => `${name} ${type}`),
    [
      'table_name TEXT',
      'calls BIGINT',
      'constraints TEXT',
      'columns TEXT',
      'rows BIGINT',
      'bytes BIGINT',
      'ms DOUBLE',
      'cached BIGINT',
    ],
  );
  await assert.rejects(engine.columns('explain scans select absent'), failsWith('SQL_ERROR', 'no such column: absent'));
});

test('the statement keeps to its budgets and its deadline, and fails as it would', async context => {
  const engine = openEngine(context);
  const limited = (sql: string, options: object) => rows(engine, `explain scans ${sql}`, options);
  await assert.rejects(limited('select n from numbers', { budget: { rows: 10 } }), failsWith('QUERY_BUDGET_ROWS'));
  await assert.rejects(limited('select word from numbers', { budget: { bytes: 99 } }), failsWith('QUERY_BUDGET_BYTES'));
  await assert.rejects(limited('select sum(n) from forever', { deadlineMs: 200 }), failsWith('QUERY_DEADLINE'));
  await assert.rejects(limited('select * from broken', {}), failsWith('SQL_ERROR', 'the table broke'));
  await assert.rejects(rows(engine, 'explain scans'), failsWith('SQL_ERROR', /needs a statement/));
  assert.deepEqual(
    await rows(engine, 'select n from numbers where n = 3'),
    [{ n: 3 }],
    'nothing is explained any more',
  );
});

test('what is told is bounded: many values are counted up to a thousand, many kinds of scan are told as one', async context => {
  const [scan] = await explain(context, 'select b.n from numbers a join numbers b on b.n = a.n + 1').then(rows =>
    rows.filter(({ constraints }) => constraints !== ''),
  );
  assert.equal(scan?.constraints, 'n = each of 2, 3, 4, … 1000+ values');
  const kinds = Array.from({ length: 120 }, (_, index) => {
    const terms = ['n >', 'n <', 'n >=', 'n <=', 'word <', 'word >', 'word like'].map((term, bit) =>
      (index >> bit) & 1 ? `${term} 1` : 'true',
    );
    return `select n from numbers where ${terms.join(' and ')}`;
  });
  const told = await explain(context, kinds.join(' union all '));
  assert.equal(told.length, 102);
  assert.deepEqual([told[100]?.table_name, told[100]?.calls, told[101]?.calls], ['(other scans)', 20, 120]);
});
