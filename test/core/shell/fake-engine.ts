import { readFileSync } from 'node:fs';
import type { ColumnType, TableSchema } from '@outpost/sdk';
import Database from 'better-sqlite3';
import type { FlagStore } from '../../../core/src/flags/index.ts';
import type { ShellEngine } from '../../../core/src/shell/source/local.ts';

const head = (type: number, size: number, write: (bytes: Buffer) => void): Buffer => {
  const bytes = Buffer.alloc(1 + size, type);
  write(bytes);
  return bytes;
};

/** A SQLite value in MessagePack: numbers as float64, bigints as int64. */
const encoded = (value: unknown): Buffer => {
  if (value === null) return Buffer.from([0xc0]);
  if (typeof value === 'number') return head(0xcb, 8, bytes => bytes.writeDoubleBE(value, 1));
  if (typeof value === 'bigint') return head(0xd3, 8, bytes => bytes.writeBigInt64BE(value, 1));
  const content = typeof value === 'string' ? Buffer.from(value) : Buffer.from(value as Uint8Array);
  const type = typeof value === 'string' ? 0xdb : 0xc6;
  return Buffer.concat([head(type, 4, bytes => bytes.writeUInt32BE(content.length, 1)), content]);
};

const arrayHead = (length: number): Buffer => head(0xdd, 4, bytes => bytes.writeUInt32BE(length, 1));

/** A block of rows as the engine hands them over. */
export const blockOf = (rows: readonly (readonly unknown[])[]): Uint8Array =>
  Buffer.concat([arrayHead(rows.length), ...rows.flatMap(row => [arrayHead(row.length), ...row.map(encoded)])]);

const codes: Readonly<Record<string, number>> = { SQLITE_ERROR: 1, SQLITE_CONSTRAINT: 19, SQLITE_AUTH: 23 };

const failure = (error: unknown): Error => {
  const { message, code = '' } = error as Error & { readonly code?: string };
  return Object.assign(new Error(message), { sqliteCode: codes[code] ?? 1 });
};

interface GoldenTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType; readonly options: number }[];
  /** The column by its other name. */
  readonly columnAliases: Readonly<Record<string, string>>;
}

const goldenTables = (): GoldenTable[] =>
  JSON.parse(readFileSync(new URL('../../golden/schema-tables.json', import.meta.url), 'utf8'));

const schemaOf = ({ name, columns, columnAliases }: GoldenTable): TableSchema => ({
  name,
  aliases: [],
  description: '',
  platforms: ['linux'],
  attributes: 0,
  examples: [],
  order: [],
  exact: [],
  columns: columns.map(column => {
    const aliases = Object.keys(columnAliases).filter(alias => columnAliases[alias] === column.name);
    return { ...column, description: '', aliases, foreign: false };
  }),
});

/** The tables of the agent, without rows but for those of `osquery_flags`. */
const createTables = (
  database: Database.Database,
  tables: readonly GoldenTable[],
  flags: FlagStore | undefined,
): void => {
  for (const { name, columns } of tables) {
    if (name !== 'osquery_flags') {
      database.exec(`create table "${name}" (${columns.map(column => `"${column.name}" ${column.type}`).join(', ')})`);
    }
  }
  database.exec('create table osquery_flags (name, type, description, default_value, value, shell_only integer)');
  const insert = database.prepare('insert into osquery_flags values (?, ?, ?, ?, ?, ?)');
  for (const row of flags?.rows() ?? []) insert.run(...Object.values(row));
};

/** An engine without the agent's tables' rows: SQLite in this thread. */
export const fakeEngine = (flags?: FlagStore): ShellEngine => {
  const database = new Database(':memory:');
  const tables = goldenTables();
  createTables(database, tables, flags);
  const run = (sql: string): { columns: ColumnTypes; rows: unknown[][] } => {
    const statement = database.prepare(sql).safeIntegers();
    if (!statement.reader) {
      statement.run();
      return { columns: [], rows: [] };
    }
    const columns = statement.columns().map(({ name, type }) => ({ name, type: type ?? '' }));
    return { columns, rows: statement.raw().all() as unknown[][] };
  };
  return {
    catalog: { names: () => tables.map(({ name }) => name) },
    schema: async name => tables.filter(table => table.name === name).map(schemaOf)[0],
    query: async sql => {
      try {
        const { columns, rows } = run(sql);
        return { columns, blocks: rows.length === 0 ? [] : [blockOf(rows)], stats: { userMs: 0, systemMs: 0 } };
      } catch (error) {
        throw failure(error);
      }
    },
    columns: async sql => {
      try {
        return database
          .prepare(sql)
          .columns()
          .map(({ name, type }) => ({ name, type: type ?? '' }));
      } catch (error) {
        throw failure(error);
      }
    },
    close: async () => {
      database.close();
    },
  };
};

type ColumnTypes = { readonly name: string; readonly type: string }[];
