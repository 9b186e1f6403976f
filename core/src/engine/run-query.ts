import type { DiffResult } from '../results/diff.ts';
import type { StoredState } from '../results/state.ts';
import type { QueryConnection } from './connection.ts';
import { BudgetError } from './failure.ts';
import type { Outcome, QueryMessage } from './messages.ts';
import {
  beginRun,
  counters,
  encodings,
  finalize,
  inTransaction,
  resetCounters,
  type Statement,
  type StatementColumn,
  step,
} from './native.ts';
import { checkCancelled } from './sources/source.ts';

/** About how many bytes a statement is stepped for at a time. */
const blockBytes = 256 * 1024;

/** What one statement has given. */
interface Part {
  readonly columns: readonly StatementColumn[];
  readonly blocks: Uint8Array[];
}

const namesOf = (columns: readonly StatementColumn[]): string[] => columns.map(({ name }) => name);
const sameNames = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((name, index) => name === right[index]);

/** What a text of statements has given so far. */
class Collector {
  rowCount = 0;
  bytes = 0;
  readonly #parts: Part[] = [];
  readonly #query: QueryMessage;

  constructor(query: QueryMessage) {
    this.#query = query;
  }

  /** Whatever is added from here on comes from this statement. */
  begin({ columns }: Statement): void {
    if (columns.length > 0) this.#parts.push({ columns, blocks: [] });
  }

  add(block: Uint8Array, rows: number): void {
    const { budget } = this.#query;
    this.rowCount += rows;
    this.bytes += block.length;
    if (this.rowCount > budget.rows) throw new BudgetError({ kind: 'rows', limit: budget.rows });
    if (this.bytes > budget.bytes) throw new BudgetError({ kind: 'bytes', limit: budget.bytes });
    if (rows > 0) this.#parts.at(-1)?.blocks.push(block);
  }

  /** The rows of all statements as one result: the columns of the first, then those that only later ones have. */
  async result(): Promise<Part> {
    const [first, ...others] = this.#parts;
    if (first === undefined) return { columns: [], blocks: [] };
    const names = namesOf(first.columns);
    if (others.every(({ columns }) => sameNames(namesOf(columns), names)))
      return { columns: first.columns, blocks: this.#parts.flatMap(({ blocks }) => blocks) };
    return this.#united();
  }

  async #united(): Promise<Part> {
    const byName = new Map<string, StatementColumn>();
    for (const column of this.#parts.flatMap(part => part.columns))
      if (!byName.has(column.name)) byName.set(column.name, column);
    const columns = [...byName.values()];
    // In rows of text each carries its names.
    if (this.#query.encoding === 'thrift') return { columns, blocks: this.#parts.flatMap(({ blocks }) => blocks) };
    const { alignBlocks } = await import('./align.ts');
    const names = namesOf(columns);
    return { columns, blocks: this.#parts.flatMap(part => alignBlocks(part.blocks, namesOf(part.columns), names)) };
  }
}

const runStatement = (statement: Statement, query: QueryMessage, nullText: string, into: Collector): void => {
  for (;;) {
    checkCancelled(query);
    const { block, rows, done } = step(
      statement,
      encodings[query.encoding],
      blockBytes,
      query.budget.rows + 1,
      nullText,
    );
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

const difference = async (
  previous: StoredState,
  columns: readonly StatementColumn[],
  blocks: readonly Uint8Array[],
): Promise<DiffResult> => {
  const { diffRows } = await import('../results/diff.ts');
  return diffRows(previous, namesOf(columns), blocks);
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
    const collected = await runAll(connection, query, nullText);
    const { columns, blocks } = await collected.result();
    const tables = counters(connection.handle);
    const diff = query.previous === undefined ? undefined : await difference(query.previous, columns, blocks);
    const { user, system } = process.threadCpuUsage(began);
    return {
      columns,
      blocks: diff === undefined ? blocks : [],
      rowCount: collected.rowCount,
      bytes: collected.bytes,
      userMs: user / 1000,
      systemMs: system / 1000,
      tables,
      diff,
    };
  } finally {
    if (inTransaction(connection.handle)) connection.rollback();
  }
};
