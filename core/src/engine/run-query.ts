import { diffRows } from '../results/diff.ts';
import type { QueryConnection } from './connection.ts';
import type { Failure, Outcome, QueryMessage } from './messages.ts';
import {
  beginRun,
  counters,
  finalize,
  inTransaction,
  type NativeError,
  resetCounters,
  type Statement,
  type StatementColumn,
  step,
} from './native.ts';
import { checkCancelled } from './sources/source.ts';

/** About how many bytes a statement is stepped for at a time. */
const blockBytes = 256 * 1024;

/** A budget that a query exceeded. */
class BudgetError extends Error {
  readonly budget: NonNullable<Failure['budget']>;

  constructor(budget: NonNullable<Failure['budget']>) {
    super(`the budget of ${budget.limit} ${budget.kind} is used up`);
    this.budget = budget;
  }
}

/** What a text of statements has given so far. */
class Collector {
  columns: readonly StatementColumn[] = [];
  readonly blocks: Uint8Array[] = [];
  rowCount = 0;
  bytes = 0;
  readonly #query: QueryMessage;

  constructor(query: QueryMessage) {
    this.#query = query;
  }

  /** Rows of all statements make one result, so they need to have the same columns; in rows of text each carries its names. */
  begin({ columns }: Statement): void {
    if (columns.length === 0) return;
    const same =
      columns.length === this.columns.length && columns.every(({ name }, index) => name === this.columns[index]?.name);
    if (this.columns.length === 0) this.columns = columns;
    else if (!same && this.#query.encoding === 0)
      throw new Error(
        'The statements of one query give different columns; give them the same ones, or make two queries of them.',
      );
  }

  add(block: Uint8Array, rows: number): void {
    const { budget } = this.#query;
    this.rowCount += rows;
    this.bytes += block.length;
    if (this.rowCount > budget.rows) throw new BudgetError({ kind: 'rows', limit: budget.rows });
    if (this.bytes > budget.bytes) throw new BudgetError({ kind: 'bytes', limit: budget.bytes });
    if (rows > 0) this.blocks.push(block);
  }
}

const runStatement = (statement: Statement, query: QueryMessage, nullText: string, into: Collector): void => {
  for (;;) {
    checkCancelled(query);
    const { block, rows, done } = step(statement, query.encoding, blockBytes, query.budget.rows + 1, nullText);
    into.add(block, rows);
    if (done) return;
  }
};

const runAll = async (connection: QueryConnection, query: QueryMessage, nullText: string): Promise<Collector> => {
  const text = Buffer.from(query.sql);
  const collected = new Collector(query);
  for (let offset = 0; ; ) {
    checkCancelled(query);
    const statement = await connection.prepare(text, offset);
    if (statement === null) return collected;
    try {
      collected.begin(statement);
      runStatement(statement, query, nullText, collected);
    } finally {
      finalize(statement);
    }
    offset = statement.tail;
  }
};

/**
 * Runs the statements of a query one after the other, in this thread.
 * @throws NativeError and others; see {@link failureOf}
 */
export const runQuery = async (
  connection: QueryConnection,
  query: QueryMessage,
  nullText: string,
): Promise<Outcome> => {
  const began = process.threadCpuUsage();
  connection.run = query;
  beginRun(connection.handle, query.run);
  resetCounters(connection.handle);
  try {
    const { columns, blocks, rowCount, bytes } = await runAll(connection, query, nullText);
    const tables = counters(connection.handle);
    const names = columns.map(({ name }) => name);
    const diff = query.previous === undefined ? undefined : diffRows(query.previous, names, blocks);
    const { user, system } = process.threadCpuUsage(began);
    return {
      columns,
      blocks: diff === undefined ? blocks : [],
      rowCount,
      bytes,
      userMs: user / 1000,
      systemMs: system / 1000,
      tables,
      diff,
    };
  } finally {
    if (inTransaction(connection.handle)) connection.rollback();
  }
};

/** An error of {@link runQuery} as it crosses threads. */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof BudgetError) return { message: error.message, sqliteCode: 9, budget: error.budget };
  const { message, sqliteCode } = error as Partial<NativeError>;
  return { message: message ?? String(error), sqliteCode: typeof sqliteCode === 'number' ? sqliteCode & 0xff : 1 };
};
