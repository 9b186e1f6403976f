import { OutpostError } from '@outpost/protocol';
import foreignTables from './foreign-tables.json' with { type: 'json' };
import type { Failure } from './messages.ts';

const platformNames: Readonly<Record<string, string>> = {
  linux: 'Linux',
  macos: 'macOS',
  windows: 'Windows',
  freebsd: 'FreeBSD',
};
const foreign: Readonly<Record<string, readonly string[]>> = foreignTables;

const noSuchTable = /^no such table: (?:\w+\.)?(\w+)$/;

/** A statement named a table that nobody has here: it may be another platform's. */
const absentTable = (table: string): OutpostError | undefined => {
  const platforms = Object.hasOwn(foreign, table) ? foreign[table] : undefined;
  if (platforms === undefined) return undefined;
  const where = platforms.map(platform => platformNames[platform] ?? platform).join(' and ');
  return new OutpostError('TABLE_OTHER_PLATFORM', { table, where }, { sqliteCode: 1 });
};

/** The error of a statement that SQLite refused or stopped. Its message is SQLite's own, but for tables that exist elsewhere. */
export const statementError = ({ message, sqliteCode, budget }: Failure, query: string): OutpostError => {
  if (budget?.kind === 'rows')
    return new OutpostError('QUERY_BUDGET_ROWS', { query, limit: budget.limit }, { sqliteCode });
  if (budget?.kind === 'bytes')
    return new OutpostError('QUERY_BUDGET_BYTES', { query, limit: budget.limit }, { sqliteCode });
  const table = noSuchTable.exec(message)?.[1];
  return (
    (table === undefined ? undefined : absentTable(table)) ?? new OutpostError('SQL_ERROR', { message }, { sqliteCode })
  );
};
