import { bigint, defineTable, double, integer, text } from '@outpost/sdk';
import Database from 'better-sqlite3';
import {
  declare,
  encodings,
  finalize,
  type NativeConnection,
  type NativeSchema,
  nativeTypes,
  openConnection,
  prepare,
  step,
} from '../../core/src/engine/native.ts';
import { GeneratorSource } from '../../core/src/engine/sources/generator.ts';
import type { BlockStream, Run } from '../../core/src/engine/sources/source.ts';
import { usedColumns } from '../../core/src/engine/used-columns.ts';
import { readRows } from '../../protocol/src/blocks/block-reader.ts';
import { BlockWriter } from '../../protocol/src/blocks/block-writer.ts';
import { type BenchmarkResult, median } from './result.ts';

interface BenchRow {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly s1: string;
  readonly s2: string;
  readonly s3: string;
  readonly s4: string;
  readonly s5: string;
}

const rowCount = 100_000;
const rounds = 9;
const columns = [
  ...['a', 'b', 'c'].map(name => ({ name, type: nativeTypes.INTEGER, options: 0 })),
  { name: 'd', type: nativeTypes.DOUBLE, options: 0 },
  { name: 'e', type: nativeTypes.BIGINT, options: 0 },
  ...['s1', 's2', 's3', 's4', 's5'].map(name => ({ name, type: nativeTypes.TEXT, options: 0 })),
];
const names = columns.map(column => column.name);
const ddl =
  'create table t(a integer, b integer, c integer, d double, e bigint, s1 text, s2 text, s3 text, s4 text, s5 text)';
const aggregate =
  "select count(*), sum(a), sum(d), max(length(s1)), max(length(s4)), sum(b + c + e), max(length(s3 || s5)) from t where s2 = 'root'";

const makeRow = (i: number): BenchRow => ({
  a: i,
  b: i * 2,
  c: i % 7,
  d: i + 0.5,
  e: 1_700_000_000 + i,
  s1: `/usr/bin/proc${i}`,
  s2: 'root',
  s3: 'S',
  s4: `some longer command line --flag=${i}`,
  s5: '',
});

const schema: NativeSchema = {
  table: 0,
  name: 't',
  ddl,
  columns,
  pushdown: 0,
  writable: false,
  order: [],
  exact: [],
};

/** What is asked of a table: the columns that are used, as a mask. */
type Blocks = (usedLow: number, usedHigh: number) => Iterator<Uint8Array>;

/** A connection whose table `t` gives the blocks of an iterator. */
const connectionOver = (blocks: Blocks): NativeConnection => {
  const registers = new Int32Array(2);
  let cursor: Iterator<Uint8Array> | undefined;
  const next = (): Uint8Array | null => {
    const { value, done } = cursor?.next() ?? { value: undefined, done: true };
    registers[0] = done ? 0 : 1;
    return done ? null : (value as Uint8Array);
  };
  const connection = openConnection(
    {
      connect: () => schema,
      open: (_table, _cursor, _constraints, low, high) => {
        cursor = blocks(low, high);
        return next();
      },
      next,
      close: () => undefined,
      update: () => undefined,
    },
    registers,
  );
  declare(connection.handle, ['t']);
  return connection;
};

function* encode(rows: readonly BenchRow[], used: readonly number[]): Generator<Uint8Array> {
  const writer = new BlockWriter(columns, used);
  for (const row of rows) {
    if (!writer.add(row as unknown as Record<string, unknown>)) yield writer.take();
  }
  if (writer.rows > 0) yield writer.take();
  writer.release();
}

function* drain(stream: BlockStream): Generator<Uint8Array> {
  while (stream.more) {
    const block = stream.next();
    if (block !== null) yield block;
  }
  stream.close();
}

/** A table as it is written with the SDK, and read as a query thread does. */
const tableOver = (rows: readonly BenchRow[]): Blocks => {
  const definition = defineTable({
    name: 't',
    description: 'The rows of the benchmark.',
    columns: {
      ...{
        a: integer('A number'),
        b: integer('A number'),
        c: integer('A number'),
        d: double('A real'),
        e: bigint('A time'),
      },
      ...{
        s1: text('A path'),
        s2: text('A name'),
        s3: text('A letter'),
        s4: text('A command line'),
        s5: text('Nothing'),
      },
    },
    *generate() {
      for (const row of rows) yield row;
    },
  });
  const source = new GeneratorSource(definition, () => undefined);
  const run: Run = { cancel: new Int32Array(new SharedArrayBuffer(4)), deadline: Number.POSITIVE_INFINITY };
  return (usedLow, usedHigh) => drain(source.open({ constraints: [], usedLow, usedHigh, limit: -1, order: [] }, run));
};

const runNative = (connection: NativeConnection, sql: string): unknown => {
  const statement = prepare(connection.handle, sql);
  if (!statement) throw new Error('The statement is empty.');
  const { block } = step(statement, encodings.messagepack, 1 << 20, 1 << 20);
  finalize(statement);
  return [...readRows(block)][0];
};

/** Times the candidates turn by turn, so that a noisy moment hits them alike; nanoseconds a row, the median of the rounds. */
const compare = (candidates: Readonly<Record<string, () => unknown>>): Record<string, number> => {
  const times: Record<string, number[]> = {};
  const expected = JSON.stringify(Object.values(candidates)[0]?.());
  for (let round = 0; round < rounds; round++) {
    for (const [name, candidate] of Object.entries(candidates)) {
      const start = process.hrtime.bigint();
      const result = candidate();
      const elapsed = Number(process.hrtime.bigint() - start);
      if (JSON.stringify(result) !== expected)
        throw new Error(`${name} gives ${JSON.stringify(result)}, not ${expected}.`);
      if (round > 0) times[name] = [...(times[name] ?? []), elapsed / rowCount];
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
};

const rivalTable = (rows: readonly BenchRow[]): (() => unknown) => {
  const database = new Database(':memory:');
  database.table('t', {
    columns: names,
    *rows() {
      for (const row of rows) yield row as unknown as Record<string, unknown>;
    },
  });
  const statement = database.prepare(aggregate).raw();
  return () => statement.get();
};

const plainTable = (rows: readonly BenchRow[]): Database.Database => {
  const database = new Database(':memory:');
  database.exec(ddl);
  const insert = database.prepare(`insert into t values (${names.map(name => `@${name}`).join(', ')})`);
  database.transaction(() => {
    for (const row of rows) insert.run(row);
  })();
  return database;
};

/** Reads a statement to its end, block by block, as a query thread does; gives the number of its rows. */
const readAll = (connection: NativeConnection, sql: string): number => {
  const statement = prepare(connection.handle, sql);
  if (!statement) throw new Error('The statement is empty.');
  let count = 0;
  for (let done = false; !done; ) {
    const result = step(statement, encodings.messagepack, 256 * 1024, rowCount + 1);
    count += result.rows;
    done = result.done;
  }
  finalize(statement);
  return count;
};

const countOf = (rows: Iterable<unknown>): number => {
  let count = 0;
  for (const _ of rows) count += 1;
  return count;
};

const atLeast = (name: string, ours: number, rival: number, target: number): BenchmarkResult => {
  const ratio = rival / ours;
  return { name, ours, rival, ratio, unit: 'ns/row', target: `at least ${target} times faster`, met: ratio >= target };
};

const atMost = (name: string, ours: number, rival: number, target: number): BenchmarkResult => {
  const ratio = ours / rival;
  return { name, ours, rival, ratio, unit: 'ns/row', target: `at most ${target} times`, met: ratio <= target };
};

/** Scans of all columns, aggregated: from row objects, from a table written with the SDK, and from ready-made blocks. */
const scans = (rows: readonly BenchRow[]): BenchmarkResult[] => {
  const copies: Uint8Array[] = []; // a block is a view of the buffer of the next
  for (const block of encode(rows, [...names.keys()])) copies.push(Uint8Array.prototype.slice.call(block));
  const fromRows = connectionOver((low, high) => encode(rows, usedColumns(low, high, columns.length)));
  const fromTable = connectionOver(tableOver(rows));
  const fromBlocks = connectionOver(() => copies[Symbol.iterator]());
  const statement = plainTable(rows).prepare(aggregate).raw();
  const times = compare({
    plain: () => statement.get(),
    rival: rivalTable(rows),
    ours: () => runNative(fromRows, aggregate),
    table: () => runNative(fromTable, aggregate),
    blocks: () => runNative(fromBlocks, aggregate),
  });
  for (const connection of [fromRows, fromTable, fromBlocks]) connection.close();
  const { plain = 0, rival = 0, ours = 0, table = 0, blocks = 0 } = times;
  return [
    atLeast('virtual table scan against db.table() of better-sqlite3', ours, rival, 3),
    atMost('virtual table scan against a plain SQLite table', ours, plain, 2.5),
    atMost('virtual table scan, from a generator of the SDK, against a plain SQLite table', table, plain, 2.5),
    atMost('virtual table scan of ready-made blocks against a plain SQLite table', blocks, plain, 1.5),
  ];
};

/** `select *` into result blocks, beside the rows of a plain table as arrays of better-sqlite3: all at once, its quickest way, and one by one. */
const reads = (rows: readonly BenchRow[]): BenchmarkResult[] => {
  const sql = 'select * from t';
  const fromTable = connectionOver(tableOver(rows));
  const statement = plainTable(rows).prepare(sql).raw();
  const times = compare({
    all: () => statement.all().length,
    iterate: () => countOf(statement.iterate()),
    ours: () => readAll(fromTable, sql),
  });
  fromTable.close();
  const { all = 0, iterate = 0, ours = 0 } = times;
  return [
    atMost('select * of a virtual table into blocks against raw().all() of a plain SQLite table', ours, all, 1.5),
    atMost(
      'select * of a virtual table into blocks against raw().iterate() of a plain SQLite table',
      ours,
      iterate,
      1.5,
    ),
  ];
};

/** 100,000 rows × 10 columns, aggregated and read whole. */
export const run = (): BenchmarkResult[] => {
  const rows = Array.from({ length: rowCount }, (_, i) => makeRow(i));
  return [...scans(rows), ...reads(rows)];
};

if (import.meta.main) console.table(run());
