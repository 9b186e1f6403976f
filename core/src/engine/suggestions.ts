import { OutpostError } from '@outpost/protocol';
import { nearest } from '../nearest.ts';

/** The names that statements may use. */
export interface KnownNames {
  /** Of tables, their aliases and views. */
  tables(): readonly string[];
  /** Whether there is a table that statements must not use. */
  isSwitchedOff(table: string): boolean;
  /** Of the columns that a table shows; none where they are not known. */
  columns(table: string): Promise<readonly string[]>;
  functions(): Promise<readonly string[]>;
}

const unknownName = /^no such (table|column|function): (?:[\w.]+\.)?(\w+)$/;
/** How many letters may be wrong: names of tables that have nothing to do with each other often differ in three. */
const editLimit = 2;
/** Tables of one statement whose columns are looked at. */
const tableLimit = 8;

/** The tables whose names stand somewhere in a statement. */
const tablesIn = (sql: string, names: KnownNames): string[] => {
  const words = new Set(sql.toLowerCase().match(/\w+/g));
  return names
    .tables()
    .filter(name => words.has(name.toLowerCase()))
    .slice(0, tableLimit);
};

const candidates = async (kind: string, name: string, sql: string, names: KnownNames): Promise<readonly string[]> => {
  if (kind === 'table') return names.isSwitchedOff(name) ? [] : names.tables();
  if (kind === 'function') return names.functions();
  const columns = await Promise.all(tablesIn(sql, names).map(table => names.columns(table)));
  return columns.flat();
};

/**
 * The error of a statement with the known name that is nearest to one that it does not know, behind SQLite's own words:
 * `no such table: proceses — did you mean processes?`. An error of another kind comes back as it is.
 */
export const withSuggestion = async (error: unknown, sql: string, names: KnownNames): Promise<unknown> => {
  if (!(error instanceof OutpostError) || error.code !== 'SQL_ERROR') return error;
  const [, kind = '', name = ''] = unknownName.exec(error.message) ?? [];
  if (name === '') return error;
  const near = nearest(name.toLowerCase(), await candidates(kind, name, sql, names), editLimit);
  if (near === undefined) return error;
  const { sqliteCode = 1 } = error;
  return new OutpostError(
    'SQL_ERROR',
    { message: `${error.message} — did you mean ${near}?` },
    { cause: error, sqliteCode },
  );
};
