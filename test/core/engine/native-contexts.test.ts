import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type NativeColumn, nativeTypes } from '../../../core/src/engine/native.ts';
import type { ColumnTypeCode } from '../../../protocol/src/index.ts';
import { golden, openTables, type Scan, type TestTable, thriftRows } from './native-harness.ts';

interface Route {
  readonly id: string;
  readonly name?: string;
  readonly type?: string;
  readonly op?: string;
  readonly target?: string;
}

interface TableRecord {
  readonly table: string;
  readonly routes: readonly Route[];
  readonly rows: readonly Record<string, string>[] | string;
}

interface Pushed {
  readonly table: string;
  readonly pushed: readonly (readonly [column: string, operator: number, expression: string])[];
}

interface StatementRecord {
  readonly sql: string;
  readonly calls?: readonly { table: string; context: string }[];
  readonly rows?: readonly unknown[];
  readonly error?: { message: string };
  readonly without_default_index?: { calls?: readonly Pushed[] };
  readonly sqlite_3_54?: { calls?: readonly { table: string; context: string }[] };
}

const typeOf = (type: string | undefined): ColumnTypeCode =>
  (nativeTypes as Record<string, ColumnTypeCode>)[type ?? ''] ?? 0;

const columnsOf = (routes: readonly Route[], defaultIndex: boolean): NativeColumn[] => {
  const columns: NativeColumn[] = [];
  for (const { id, name = '', type, op, target } of routes) {
    const options = Number(op ?? 0);
    if (id === 'column')
      columns.push({ name, type: typeOf(type), options: defaultIndex && options === 0 ? 1 : options });
    if (id === 'columnAlias') {
      columns.push({ name, type: 0, options: 0, target: columns.findIndex(column => column.name === target) });
    }
  }
  return columns;
};

const collations: Readonly<Record<number, string>> = { 64: ' collate nocase', 256: ' collate version' };

const tableOf = ({ table, routes, rows }: TableRecord, defaultIndex: boolean): TestTable => {
  const columns = columnsOf(routes, defaultIndex);
  const defined = columns.map((column, index) => {
    const options = Number(routes.filter(route => route.name !== undefined)[index]?.op ?? 0);
    const hidden = options & 16 || column.target !== undefined ? ' hidden' : '';
    const type = routes.filter(route => route.name !== undefined)[index]?.type ?? 'UNKNOWN';
    return `\`${column.name}\` ${type}${hidden}${collations[options & (64 | 256)] ?? ''}`;
  });
  const data = typeof rows === 'string' ? [] : rows;
  return {
    columns,
    ddl: `create table ${table}(${defined.join(', ')})`,
    pushdown: 1,
    encoding: 1,
    blocks: () => [thriftRows(data)],
  };
};

const limitOperators = new Set([73, 74]);
type Call = [table: string, pushed: string[]];

/** The constraints of a recorded context without LIMIT and OFFSET, sorted. */
const callOf = ({ table, context }: { table: string; context: string }): Call => {
  const { constraints } = JSON.parse(context) as {
    constraints: { name: string; list: { op: number; expr: string }[] }[];
  };
  const pushed = constraints.flatMap(({ name, list }) =>
    list.filter(({ op }) => !limitOperators.has(op)).map(({ op, expr }) => `${name} ${op} ${expr}`),
  );
  return [table, pushed.sort()];
};

const pushedOf = ({ table, pushed }: Pushed): Call => [
  table,
  pushed
    .filter(([, op]) => !limitOperators.has(op))
    .map(item => item.join(' '))
    .sort(),
];

const scanOf = (scan: Scan, tables: Readonly<Record<string, TestTable>>): Call => [
  scan.table,
  scan.constraints
    .filter(([, operator]) => !limitOperators.has(operator))
    .flatMap(([column, operator, values]) =>
      values.map(value => `${tables[scan.table]?.columns[column]?.name} ${operator} ${value}`),
    )
    .sort(),
];

const records = golden<TableRecord | StatementRecord>('contexts.jsonl');
const tableRecords = records.filter((record): record is TableRecord => 'table' in record);
const ours = new Set(tableRecords.map(record => record.table));
const selects = records.filter(
  (record): record is StatementRecord =>
    'sql' in record &&
    /^\s*(select|with|values)/i.test(record.sql) &&
    !/\b(file|hash|curl|users|processes|aliased_alt)\b/.test(record.sql) &&
    (record.calls ?? []).every(call => ours.has(call.table)),
);

/** The limit of osquery counts as a constraint on the first column there; here the required column is asked for. */
const requiredByLimit = /from (req|reqidx|req2)\b(?!.* where (path|p|q)\b).*limit/;
/** Told to a table as osquery does, these would have it leave out rows of the result: text cut off at a NUL, and another collation. */
const misleading = /where (e = 'a' \|\| char\(0\)|a = 'x' collate (nocase|rtrim)|a collate nocase = )/;
const functionsOfTheEngine = /no such function|regexp/;

const replay = (defaultIndex: boolean): void => {
  const tables = Object.fromEntries(tableRecords.map(record => [record.table, tableOf(record, defaultIndex)]));
  for (const record of selects) {
    const recorded = (record.sqlite_3_54?.calls ?? record.calls ?? []).map(callOf);
    const expected = (defaultIndex ? undefined : record.without_default_index?.calls?.map(pushedOf)) ?? recorded;
    if (record.error && functionsOfTheEngine.test(record.error.message)) continue;
    test(record.sql, () => {
      const connection = openTables(tables);
      try {
        if (requiredByLimit.test(record.sql)) {
          assert.match(connection.fault(record.sql).message, /^Table \w+ was queried without a required column/);
          return;
        }
        if (record.error) {
          assert.ok(connection.fault(record.sql).message.startsWith(record.error.message));
        } else {
          connection.query(record.sql);
        }
        assert.deepEqual(
          connection.scans.map(scan => scanOf(scan, tables)),
          misleading.test(record.sql) ? expected.map(([table]) => [table, []]) : expected,
        );
      } finally {
        connection.close();
      }
    });
  }
};

suite('constraints as osquery passes them to an extension', () => replay(true));
suite('constraints without a default index', () => replay(false));
