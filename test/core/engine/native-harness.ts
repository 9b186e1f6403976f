import { readFileSync } from 'node:fs';
import {
  declare,
  type Encoding,
  encodings,
  finalize,
  type NativeColumn,
  type NativeConnection,
  type NativeSchema,
  nativeTypes,
  openConnection,
  prepare,
  type SqlValue,
  step,
  type TableCallbacks,
} from '../../../core/src/engine/native.ts';
import { usedColumns } from '../../../core/src/engine/used-columns.ts';
import { readRows } from '../../../protocol/src/blocks/block-reader.ts';
import { BlockWriter } from '../../../protocol/src/blocks/block-writer.ts';
import type { WriterRow } from '../../../protocol/src/blocks/row-layout.ts';

/** One call of `open`. */
export interface Scan {
  readonly table: string;
  readonly constraints: readonly (readonly [column: number, operator: number, values: readonly unknown[]])[];
  readonly used: readonly number[];
  readonly limit: number;
  readonly order: readonly number[];
}

/** A table of a test. */
export interface TestTable {
  readonly columns: readonly NativeColumn[];
  readonly ddl?: string;
  readonly pushdown?: 0 | 1;
  readonly writable?: boolean;
  readonly order?: readonly number[];
  readonly exact?: readonly number[];
  readonly example?: string;
  readonly rowIdKey?: string;
  /** Rows of a scan, or blocks as they are; either may be made lazily. */
  readonly rows?: (scan: Scan) => Iterable<WriterRow>;
  readonly blocks?: (scan: Scan) => Iterable<Uint8Array>;
  readonly encoding?: Encoding;
  readonly update?: TableCallbacks['update'];
}

/** A connection over tables of a test, and what it was asked. */
export interface TestConnection extends NativeConnection {
  readonly scans: Scan[];
  readonly closed: number[];
  /** Runs a statement to its end and reads its rows. */
  query(sql: string): SqlValue[][];
  /** The error of a statement. */
  fault(sql: string): Error & { sqliteCode?: number; offset?: number; cause?: unknown };
}

const sqlType = (type: number): string => Object.entries(nativeTypes).find(([, code]) => code === type)?.[0] ?? 'TEXT';

const unflatten = (flat: readonly unknown[]): Scan['constraints'] => {
  const constraints: [number, number, unknown[]][] = [];
  for (let at = 0; at < flat.length; ) {
    const [column, operator, count] = flat.slice(at, at + 3) as [number, number, number];
    constraints.push([column, operator, flat.slice(at + 3, at + 3 + count)]);
    at += 3 + count;
  }
  return constraints;
};

function* blocksOf(table: TestTable, scan: Scan): Generator<Uint8Array> {
  if (table.blocks) {
    yield* table.blocks(scan);
    return;
  }
  const writer = new BlockWriter(table.columns, scan.used, table.rowIdKey);
  for (const row of table.rows?.(scan) ?? []) {
    if (!writer.add(row)) yield writer.take();
  }
  if (writer.rows > 0) yield writer.take();
  writer.release();
}

const schemaOf = (name: string, index: number, table: TestTable): NativeSchema => ({
  table: index,
  name,
  ddl:
    table.ddl ??
    `create table t(${table.columns.map(column => `\`${column.name}\` ${sqlType(column.type)}`).join(', ')})`,
  columns: table.columns,
  pushdown: table.pushdown ?? 0,
  writable: table.writable ?? false,
  order: table.order ?? [],
  exact: table.exact ?? [],
  ...(table.example === undefined ? {} : { example: table.example }),
});

/** Opens a connection with these tables. */
export const openTables = (tables: Readonly<Record<string, TestTable>>): TestConnection => {
  const registers = new Int32Array(2);
  const names = Object.keys(tables);
  const scans: Scan[] = [];
  const closed: number[] = [];
  const cursors = new Map<number, { blocks: Iterator<Uint8Array>; encoding: Encoding }>();
  const tableAt = (index: number): TestTable => tables[names[index] ?? ''] as TestTable;
  const next = (cursor: number): Uint8Array | null => {
    const open = cursors.get(cursor);
    const { value, done } = open?.blocks.next() ?? { value: undefined, done: true };
    registers[0] = done ? 0 : 1;
    registers[1] = open?.encoding ?? 0;
    return done ? null : (value as Uint8Array);
  };
  const connection = openConnection(
    {
      connect: name => schemaOf(name, names.indexOf(name), tables[name] as TestTable),
      open: (index, cursor, constraints, low, high, limit, order) => {
        const table = tableAt(index);
        const scan: Scan = {
          table: names[index] ?? '',
          constraints: unflatten(constraints),
          used: usedColumns(low, high, table.columns.length),
          limit,
          order,
        };
        scans.push(scan);
        cursors.set(cursor, { blocks: blocksOf(table, scan), encoding: table.encoding ?? encodings.messagepack });
        return next(cursor);
      },
      next,
      close: cursor => {
        closed.push(cursor);
        cursors.delete(cursor);
      },
      update: (index, ...rest) => tableAt(index).update?.(index, ...rest),
    },
    registers,
  );
  declare(connection.handle, names);
  const query = (sql: string): SqlValue[][] => {
    scans.length = 0;
    const rows: SqlValue[][] = [];
    let offset = 0;
    for (
      let statement = prepare(connection.handle, sql);
      statement;
      statement = prepare(connection.handle, sql, offset)
    ) {
      offset = statement.tail;
      try {
        for (let done = false; !done; ) {
          const result = step(statement, encodings.messagepack, 1 << 16, 1000);
          for (const row of readRows(result.block)) rows.push(row);
          done = result.done;
        }
      } finally {
        finalize(statement);
      }
    }
    return rows;
  };
  const fault = (sql: string): Error => {
    try {
      query(sql);
    } catch (error) {
      return error as Error;
    }
    throw new Error(`No error: ${sql}`);
  };
  return Object.assign(connection, { scans, closed, query, fault });
};

/** Columns of {@link numberTable}. */
export const nameColumns = [
  { name: 'id', type: nativeTypes.INTEGER, options: 0 },
  { name: 'name', type: nativeTypes.TEXT, options: 0 },
] as const;

/** A table of so many rows: 0 n0, 1 n1, … */
export const numberTable = (count: number): TestTable => ({
  columns: nameColumns,
  rows: function* () {
    for (let id = 0; id < count; id++) yield { id, name: `n${id}` };
  },
});

/** The records of a file in test/golden. */
export const golden = <T>(name: string): T[] =>
  readFileSync(new URL(`../../golden/${name}`, import.meta.url), 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as T);

/** A Thrift `list<map<string,string>>`. */
export const thriftRows = (rows: readonly Readonly<Record<string, string | Uint8Array>>[]): Buffer => {
  const int = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  };
  const string = (value: string | Uint8Array): Buffer => {
    const bytes = Buffer.from(value as string);
    return Buffer.concat([int(bytes.length), bytes]);
  };
  const parts: Buffer[] = [Buffer.of(13), int(rows.length)];
  for (const row of rows) {
    parts.push(Buffer.of(11, 11), int(Object.keys(row).length));
    for (const [key, value] of Object.entries(row)) parts.push(string(key), string(value));
  }
  return Buffer.concat(parts);
};
