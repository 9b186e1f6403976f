import { OutpostError } from '@outpost/protocol';
import { platformsOf } from './foreign-tables.ts';
import type { Failure } from './messages.ts';
import { refusalOf } from './refusal.ts';

const platformNames: Readonly<Record<string, string>> = {
  linux: 'Linux',
  macos: 'macOS',
  windows: 'Windows',
};

const noSuchTable = /^no such table: (?:\w+\.)?(\w+)$/;

/** A statement named a table that nobody has here: it may be another platform's. */
const absentTable = (table: string): OutpostError | undefined => {
  const platforms = platformsOf(table);
  if (platforms.length === 0) return undefined;
  const where = platforms.map(platform => platformNames[platform] ?? platform).join(' and ');
  return new OutpostError('TABLE_OTHER_PLATFORM', { table, where }, { sqliteCode: 1 });
};

const budgetCodes = {
  rows: 'QUERY_BUDGET_ROWS',
  bytes: 'QUERY_BUDGET_BYTES',
  memory: 'QUERY_BUDGET_MEMORY',
  pressure: 'QUERY_UNDER_PRESSURE',
} as const;

/** What a statement was, for its error. */
export interface FailedQuery {
  /** What errors call it. */
  readonly query: string;
  /** The end of a sentence that tells which table it asked last; '' when it asked none. */
  readonly where: string;
  /** The log line of what the authorizer refused. */
  readonly denial: string | null;
}

/**
 * The error of a statement that SQLite refused or stopped. Its message is SQLite's own, but for tables that exist elsewhere; what is
 * not authorized is named after it.
 */
export const statementError = (
  { message, sqliteCode, budget }: Failure,
  { query, where, denial }: FailedQuery,
): OutpostError => {
  if (budget !== undefined)
    return new OutpostError(budgetCodes[budget.kind], { query, limit: budget.limit, where }, { sqliteCode });
  if (denial !== null && /^(not authorized|authorization denied)/.test(message))
    return new OutpostError('QUERY_NOT_AUTHORIZED', { message, ...refusalOf(denial) }, { sqliteCode });
  const table = noSuchTable.exec(message)?.[1];
  return (
    (table === undefined ? undefined : absentTable(table)) ?? new OutpostError('SQL_ERROR', { message }, { sqliteCode })
  );
};
