import type { ColumnSchema, Row, TableContext, TableDefinition, TableSchema } from '@outpost/sdk';
import type { Handle } from '../native.ts';
import { type Run, sqlFailure, sqliteCodes } from './source.ts';
import { rowsOfFile } from './sqlite-file.ts';

/** A table that a configuration makes of SQLite files on this machine: its key `auto_table_construction`. */
export interface AutomaticTable {
  /** One statement, run in each file. */
  readonly query: string;
  /** A pattern of paths, with `%` for any name. */
  readonly path: string;
  /** The columns that its result is asked for. */
  readonly columns: readonly string[];
}

/** The column that tells the file of a row, unless the query has one of that name. */
const pathColumn = 'path';

const text = (name: string): ColumnSchema => ({
  name,
  type: 'TEXT',
  options: 0,
  description: '',
  aliases: [],
  foreign: false,
});

const tellsFile = ({ columns }: AutomaticTable): boolean =>
  columns.every(column => column.toLowerCase() !== pathColumn);

/** The schema of an automatic table: the columns as they are listed, and after them `path`, unless it is listed. */
export const automaticSchema = (name: string, table: AutomaticTable): TableSchema => {
  const { path, columns } = table;
  return {
    name,
    aliases: [],
    description: `Rows of the SQLite files ${path}, as the configuration has it.`,
    platforms: [],
    columns: [...columns, ...(tellsFile(table) ? [pathColumn] : [])].map(text),
    attributes: 0,
    examples: [],
    order: [],
    exact: [],
  };
};

/** What an automatic table needs of the connection that it belongs to. */
export interface AutomaticOptions {
  readonly handle: Handle;
  /** The query that runs now. */
  readonly run: () => Run;
  /** Expands a pattern: `resolvePattern` of the system tables. */
  readonly expand: (context: TableContext, pattern: string) => readonly string[];
}

const isInterrupt = (error: unknown): boolean =>
  error instanceof Error && 'sqliteCode' in error && (Number(error.sqliteCode) & 0xff) === sqliteCodes.interrupt;

/** A file that cannot be read is left out, and the others are read. */
function* rowsOrWarning(
  path: string,
  { query }: AutomaticTable,
  wanted: readonly string[],
  { context, handle, run }: { context: TableContext; handle: Handle; run: Run },
): Generator<Record<string, string>> {
  try {
    yield* rowsOfFile(path, query, wanted, { handle, run });
  } catch (error) {
    if (context.aborted) throw sqlFailure('interrupted', sqliteCodes.interrupt);
    if (isInterrupt(error)) throw error;
    context.warn(`ATC Table: ${path} is left out: ${(error as Error).message}`);
  }
}

/** The definition of an automatic table, for the thread of the query. */
export const automaticDefinition = (
  schema: TableSchema,
  table: AutomaticTable,
  { handle, run, expand }: AutomaticOptions,
): TableDefinition => {
  const named = tellsFile(table);
  return {
    kind: 'table',
    name: schema.name,
    schema,
    asynchronous: false,
    *generate(context): Generator<Row> {
      const asked = named ? context.equals(pathColumn) : undefined;
      const wanted = table.columns.filter(name => context.used(name));
      for (const path of expand(context, table.path)) {
        if (asked !== undefined && !asked.includes(path)) continue;
        for (const row of rowsOrWarning(path, table, wanted, { context, handle, run: run() }))
          yield named ? { ...row, [pathColumn]: path } : row;
      }
    },
  };
};
