import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import fc from 'fast-check';
import { nativeTypes } from '../../../core/src/engine/native.ts';
import { openTables, type Scan, type TestConnection, type TestTable } from './native-harness.ts';

const columns = [
  { name: 'id', type: nativeTypes.INTEGER, options: 1 },
  { name: 'name', type: nativeTypes.TEXT, options: 1 },
  { name: 'size', type: nativeTypes.BIGINT, options: 0 },
  { name: 'path', type: nativeTypes.TEXT, options: 0 },
] as const;
const equals = 2;

type Row = { id: number | null; name: string | null; size: number | null; path: string | null };

/** Rows that equal `=` and IN on the exact columns, in the order of the table, not more than the limit: what a good generator does. */
const honest =
  (rows: readonly Row[]) =>
  ({ constraints, limit }: Scan): Row[] => {
    const matching = rows.filter(row =>
      constraints.every(([column, operator, values]) => {
        if (operator !== equals || column > 1) return true;
        const value = Object.values(row)[column];
        return value !== null && values.some(wanted => String(wanted) === String(value));
      }),
    );
    return limit < 0 ? matching : matching.slice(0, limit);
  };

const data: Row[] = [];
for (let id = 0; id < 12; id++) {
  const name = [null, 'a', 'b', 'B', 'c', 'a'][id % 6] as string | null;
  data.push({ id: Math.floor(id / 2), name, size: id % 4 === 3 ? null : id * 10, path: `/p${id % 3}` });
}
data.push({ id: 3, name: 'a', size: 10, path: '/p0' }, { id: 5, name: 'c', size: 0, path: '/p1' });
data.push({ id: 5, name: 'c', size: 0, path: '/p1' });
data.sort((a, b) => (a.id ?? -1) - (b.id ?? -1));

const plain = 'create temp table plain(id integer, name text, size bigint, path text)';
const literal = (value: unknown): string =>
  value === null ? 'null' : typeof value === 'number' ? `${value}` : `'${value}'`;

const open = (table: Partial<TestTable>): TestConnection => {
  const base = { columns, rows: honest(data) } satisfies TestTable;
  const connection = openTables({ t: { ...base, ...table }, u: base });
  connection.query(plain);
  for (const row of data) connection.query(`insert into plain values (${Object.values(row).map(literal).join(', ')})`);
  return connection;
};

const value = fc.oneof(
  fc.integer({ min: -1, max: 7 }).map(String),
  fc.constantFrom("'a'", "'b'", "'B'", "''", 'null', "'3'", '3.0', '2.5', "'/p1'", "x'61'", '1e3'),
);
const columnName = fc.constantFrom('id', 'name', 'size', 'path');
const comparison = fc.oneof(
  fc
    .tuple(columnName, fc.constantFrom('=', '<', '<=', '>', '>=', '!=', 'is', 'is not', 'like', 'glob'), value)
    .map(parts => parts.join(' ')),
  fc.tuple(columnName, fc.array(value, { maxLength: 4 })).map(([name, list]) => `${name} in (${list.join(', ')})`),
  fc.tuple(columnName, value).map(([name, wanted]) => `${name} = ${wanted} collate nocase`),
  fc.tuple(columnName, columnName).map(([left, right]) => `${left} = ${right}`),
  columnName.map(name => `${name} is not null`),
  columnName.map(name => `id in (select id from @ where ${name} is null)`),
  fc.constantFrom('id + 0 = 3', 'not id = 2', 'lower(name) = name', "(id, name) = (3, 'a')"),
);
const condition = fc.oneof(
  comparison,
  fc.tuple(comparison, comparison).map(([a, b]) => `${a} and ${b}`),
  fc.tuple(comparison, comparison).map(([a, b]) => `(${a} or ${b})`),
  fc.tuple(comparison, comparison, comparison).map(([a, b, c]) => `${a} and (${b} or ${c})`),
);
const where = fc.option(condition, { nil: '1' });
const total = ' order by id, name, size, path';
const cut = fc
  .tuple(fc.integer({ min: -1, max: 6 }), fc.option(fc.integer({ min: -1, max: 4 })))
  .map(([limit, offset]) => ` limit ${limit}${offset === null ? '' : ` offset ${offset}`}`);

/** Statements with one right answer: their order, if any, is total. */
const statement = fc.oneof(
  where.map(text => `select * from @ where ${text}`),
  where.map(text => `select name, count(*), max(size) from @ where ${text} group by name`),
  where.map(text => `select distinct name from @ where ${text}`),
  fc.tuple(where, cut).map(([text, end]) => `select * from @ where ${text}${total}${end}`),
  fc.tuple(where, cut).map(([text, end]) => `select id from @ where ${text} order by id${end}`),
  fc.tuple(where, cut).map(([text, end]) => `select id from @ where ${text} order by id desc${end}`),
  fc.tuple(where, cut).map(([text, end]) => `select count(*) from (select 1 from @ where ${text}${end})`),
  fc.tuple(where, cut).map(([text, end]) => `select distinct name from @ where ${text} order by name${end}`),
  fc
    .tuple(where, where, cut)
    .map(([a, b, end]) => `select count(*) from (select id from @ where ${a} union select id from @ where ${b}${end})`),
  fc
    .tuple(where, where, cut)
    .map(
      ([a, b, end]) => `select count(*) from (select id from @ where ${a} union all select id from @ where ${b}${end})`,
    ),
  where.map(text => `select a.id, b.name, b.size from @ a join @ b on a.id = b.size / 10 where a.${columnOnly(text)}`),
  where.map(
    text => `select a.*, b.* from @ a left join (select * from @ where ${text}) b on a.id = b.id and a.size = b.size`,
  ),
  where.map(
    text => `select a.*, b.* from (select * from @ where ${text}) a right join @ b on a.name = b.name and a.id = b.id`,
  ),
  where.map(text => `select a.*, b.* from @ a full join (select * from @ where ${text}) b on a.id = b.size / 10`),
  where.map(
    text =>
      `select * from @ x where exists (select 1 from @ y where y.id = x.size / 10 and ${text.replaceAll('@', '@')})`,
  ),
);

function columnOnly(text: string): string {
  return /^(id|name|size|path) (=|<|>) [\d'.]+$/.test(text) ? text : 'id = 3';
}

const sorted = (rows: readonly unknown[]): string[] => rows.map(row => JSON.stringify(row)).sort();

const checkAgainstPlain = (connection: TestConnection, text: string): void => {
  const ordered = /^select (\*|id) from @ where .* order by/.test(text);
  const ours = connection.query(text.replaceAll('@', 't'));
  const theirs = connection.query(text.replaceAll('@', 'plain'));
  if (ordered) assert.deepEqual(ours, theirs, text);
  else assert.deepEqual(sorted(ours), sorted(theirs), text);
};

for (const [name, table] of Object.entries({
  'which knows its order and exact columns': { order: [0], exact: [0, 1] },
  'which claims nothing': {},
  'which is asked as osquery asks': { pushdown: 1, rows: () => data },
} satisfies Record<string, Partial<TestTable>>)) {
  suite(`a table ${name}`, () => {
    const connection = open(table);
    after(() => connection.close());

    test('answers every statement as a table of SQLite does', () => {
      fc.assert(
        fc.property(statement, text => checkAgainstPlain(connection, text)),
        { numRuns: Number(process.env.RUNS ?? 3000), ...(process.env.RUNS ? {} : { seed: 7 }) },
      );
    });
  });
}

suite('what a table is asked', () => {
  const connection = open({ order: [0, 1], exact: [0, 1] });
  after(() => connection.close());
  const asked = (sql: string): Omit<Scan, 'table'>[] => {
    connection.query(sql);
    return connection.scans.map(({ table: _table, ...rest }) => rest);
  };

  test('every usable constraint, with its value as it is', () => {
    const sql =
      "select 1 from t where id = 1 and size > 2.5 and path like '/p%' and name is not null and size < 9007199254740993";
    assert.deepEqual(
      asked(sql)[0]?.constraints.toSorted((a, b) => a[1] - b[1]),
      [
        [0, 2, [1]],
        [2, 4, [2.5]],
        [2, 16, [9007199254740993n]],
        [3, 65, ['/p%']],
        [1, 70, []],
      ],
    );
    assert.deepEqual(asked("select 1 from t where path = x'00ff'")[0]?.constraints, [[3, 2, [Buffer.of(0, 255)]]]);
    assert.deepEqual(asked("select 1 from t where path = 'a' || char(0) || 'b'")[0]?.constraints, [[3, 2, ['a\0b']]]);
    assert.deepEqual(asked('select 1 from t where id = null')[0]?.constraints, [[0, 2, [null]]]);
  });

  test('IN as one list, ascending, without NULL', () => {
    assert.deepEqual(asked('select 1 from t where size in (30, 10, null, 10)')[0]?.constraints, [[2, 2, [10, 30]]]);
    assert.deepEqual(asked('select 1 from t where id in (select size / 10 from u)').at(-1)?.constraints, [
      [0, 2, [0, 1, 2, 4, 5, 6, 8, 9, 10]],
    ]);
    assert.deepEqual(asked('select 1 from t where id in (select 1 where 0)')[0]?.constraints, [[0, 2, []]]);
  });

  test('no comparison under a collation that is not the column’s', () => {
    assert.deepEqual(asked("select 1 from t where name = 'A' collate nocase")[0]?.constraints, []);
  });

  test('a limit only when nothing is left to filter or to sort', () => {
    assert.equal(asked('select 1 from t limit 3 offset 2')[0]?.limit, 5);
    assert.equal(asked("select 1 from t where id in (1, 2) and name = 'a' limit 3")[0]?.limit, 3);
    assert.equal(asked('select 1 from t order by id limit 3')[0]?.limit, 3);
    assert.equal(asked('select 1 from t order by id desc limit 3')[0]?.limit, -1);
    assert.equal(asked('select 1 from t order by name limit 3')[0]?.limit, -1);
    assert.equal(asked('select 1 from t where size = 3 limit 3')[0]?.limit, -1);
    assert.equal(asked('select 1 from t where id > 3 limit 3')[0]?.limit, -1);
    assert.equal(asked("select 1 from t where id = '3' limit 3")[0]?.limit, -1);
    assert.equal(asked('select 1 from t limit -1')[0]?.limit, -1);
    assert.equal(asked('select 1 from t limit 9223372036854775807 offset 9')[0]?.limit, -1);
    assert.equal(asked('select 1 from t, u limit 3')[0]?.limit, -1);
    assert.equal(asked('select count(*) from t limit 3')[0]?.limit, -1);
  });

  test('ORDER BY, which is not sorted again when the rows come so', () => {
    assert.deepEqual(asked('select 1 from t order by id, size desc')[0]?.order, [0, ~2]);
    const plan = (sql: string): string => JSON.stringify(connection.query(`explain query plan ${sql}`));
    assert.doesNotMatch(plan('select 1 from t order by id, name'), /TEMP B-TREE/);
    assert.match(plan('select 1 from t order by id desc'), /TEMP B-TREE/);
    assert.match(plan('select 1 from t order by name'), /TEMP B-TREE/);
  });

  test('only the used columns', () => {
    assert.deepEqual(asked('select path from t where id = 1')[0]?.used, [0, 3]);
    assert.deepEqual(asked('select count(*) from t')[0]?.used, []);
  });

  test('the columns from 63 on together', () => {
    const many = Array.from({ length: 70 }, (_, i) => ({ name: `c${i}`, type: nativeTypes.INTEGER, options: 0 }));
    const row = Object.fromEntries(many.map(({ name }, i) => [name, i]));
    using wide = openTables({ wide: { columns: many, rows: () => [row] } });
    assert.deepEqual(wide.query('select c65, c2, c62 from wide'), [[65, 2, 62]]);
    assert.deepEqual(wide.scans[0]?.used, [2, 62, 63, 64, 65, 66, 67, 68, 69]);
  });

  test('an inner table of a join by the outer row', () => {
    const scans = asked('select 1 from u cross join t on t.id = u.size where u.id = 0');
    assert.deepEqual(
      scans.slice(1).map(scan => scan.constraints),
      [[[0, 2, [0]]], [[0, 2, [10]]]],
    );
  });

  test('each scan is closed once', () => {
    connection.closed.length = 0;
    asked('select 1 from u cross join t on t.id = u.size limit 1');
    asked('select 1 from t');
    assert.equal(new Set(connection.closed).size, connection.closed.length);
    assert.equal(connection.closed.length, 1 + 1 + 1);
  });
});

suite('a required column', () => {
  const required = [
    { name: 'path', type: nativeTypes.TEXT, options: 3 },
    { name: 'directory', type: nativeTypes.TEXT, options: 3 },
    { name: 'size', type: nativeTypes.BIGINT, options: 0 },
  ];
  const rows = [{ path: '/a', directory: '/', size: 1 }];
  const connection = openTables({
    file: { columns: required, rows: () => rows },
    hash: {
      columns: required,
      rows: () => rows,
      pushdown: 1,
      example: "select sha256 from hash where path = '/bin/sh'",
    },
  });
  after(() => connection.close());

  for (const sql of [
    'select * from file',
    'select * from file limit 1',
    'select count(*) from file',
    'select * from file where size = 1',
    "select * from file where path > '/'",
    "select * from file where path != '/'",
    'select * from file where path is not null',
    "select * from file where path || '' = '/a'",
    'select * from hash limit 1',
  ]) {
    test(`is missed: ${sql}`, () => {
      const fault = connection.fault(sql);
      assert.match(
        fault.message,
        /^Table (file|hash) was queried without a required column in the WHERE clause: path or directory\. Example: select/,
      );
      assert.equal(fault.sqliteCode, 19);
    });
  }

  for (const sql of [
    "select * from file where path = '/a'",
    "select * from file where directory like '/%'",
    "select * from file where path in ('/a', '/b')",
    "select * from file where path = '/a' or directory = '/'",
    "select f.* from file f join (select '/a' p) on f.path = p",
    'select * from hash where path is not null',
  ]) {
    test(`is given: ${sql}`, () => assert.deepEqual(connection.query(sql), [['/a', '/', 1]]));
  }
});
