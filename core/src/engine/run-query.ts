import type { DiffResult } from '../results/diff.ts';
import type { StoredState } from '../results/state.ts';
import type { QueryConnection } from './connection.ts';
import { explainedStatement } from './explain-scans-prefix.ts';
import { BudgetError, budgetOf } from './failure.ts';
import type { Outcome, QueryMessage, TableStats } from './messages.ts';
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

/** Counts what statements give, and stops them at the budget. */
class Meter {
  rowCount = 0;
  bytes = 0;
  readonly #budget: QueryMessage['budget'];
  readonly #pressure: Int32Array;

  constructor({ query, pressure }: Pick<Work, 'query' | 'pressure'>) {
    this.#budget = query.budget;
    this.#pressure = pressure;
  }

  add(block: Uint8Array, rows: number): void {
    const budget = this.#budget;
    this.rowCount += rows;
    this.bytes += block.length;
    if (this.rowCount > budget.rows) throw new BudgetError({ kind: 'rows', limit: budget.rows });
    if (this.bytes > budget.bytes) throw new BudgetError({ kind: 'bytes', limit: budget.bytes });
    const forNow = Atomics.load(this.#pressure, 0) * 1024;
    if (forNow > 0 && this.bytes > forNow) throw new BudgetError({ kind: 'pressure', limit: forNow });
  }
}

/** What a text of statements has given so far. */
class Collector extends Meter {
  readonly #parts: Part[] = [];
  readonly #encoding: QueryMessage['encoding'];

  constructor(work: Work) {
    super(work);
    this.#encoding = work.query.encoding;
  }

  /** Whatever is added from here on comes from this statement. */
  begin({ columns }: Statement): void {
    if (columns.length > 0) this.#parts.push({ columns, blocks: [] });
  }

  override add(block: Uint8Array, rows: number): void {
    super.add(block, rows);
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
    if (this.#encoding === 'thrift') return { columns, blocks: this.#parts.flatMap(({ blocks }) => blocks) };
    const { alignBlocks } = await import('./align.ts');
    const names = namesOf(columns);
    return { columns, blocks: this.#parts.flatMap(part => alignBlocks(part.blocks, namesOf(part.columns), names)) };
  }
}

/** A query, and the connection that it runs on. */
interface Work {
  readonly connection: QueryConnection;
  readonly query: QueryMessage;
  readonly nullText: string;
  /** See ThreadData. */
  readonly pressure: Int32Array;
}

const stepAll = (statement: Statement, { query, nullText }: Work, into: Meter): void => {
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

/** Runs one statement of the text, and leaves it to the next query that has the same text. */
const runStatement = (statement: Statement, offset: number, work: Work, into: Meter): void => {
  const { connection, query } = work;
  try {
    stepAll(statement, work, into);
  } catch (error) {
    finalize(statement);
    throw error;
  }
  connection.statements.keep(query.sql, offset, statement);
};

/** Runs one statement, once more when it lacked a table whose module was not loaded. */
const runReady = async (statement: Statement, offset: number, work: Work, into: Meter): Promise<void> => {
  try {
    runStatement(statement, offset, work, into);
  } catch (error) {
    const { connection, query } = work;
    const again = (await connection.loadMissing()) ? await connection.prepare(Buffer.from(query.sql), offset) : null;
    if (again === null) throw error;
    runStatement(again, offset, work, into);
  }
};

/** Runs one statement, and collects what its scans were in the place of its rows. */
const runExplained = async (statement: Statement, offset: number, work: Work, into: Collector): Promise<void> => {
  const { explainScans } = await import('./explain-scans.ts');
  const answer = explainScans(work.connection, () => {
    const meter = new Meter(work);
    runStatement(statement, offset, work, meter);
    return meter;
  });
  try {
    into.begin(answer);
    stepAll(answer, work, into);
  } finally {
    finalize(answer);
  }
};

const runAll = async (work: Work): Promise<Collector> => {
  const { connection, query } = work;
  const text = Buffer.from(query.sql);
  const collected = new Collector(work);
  for (let at = 0; at < text.length; ) {
    checkCancelled(query);
    const explained = explainedStatement(text, at);
    const offset = explained ?? at;
    const statement = connection.statements.take(query.sql, offset) ?? (await connection.prepare(text, offset));
    if (statement === null) break;
    if (explained === undefined) {
      collected.begin(statement);
      await runReady(statement, offset, work, collected);
    } else {
      await runExplained(statement, offset, work, collected);
    }
    at = statement.tail;
  }
  return collected;
};

const difference = async (
  previous: StoredState,
  columns: readonly StatementColumn[],
  blocks: readonly Uint8Array[],
): Promise<DiffResult> => {
  const { diffRows } = await import('../results/diff.ts');
  return diffRows(previous, namesOf(columns), blocks);
};

const tableStats = ({ handle, caches }: QueryConnection): TableStats[] =>
  counters(handle).map(table => ({ ...table, cached: caches.rows.counters.get(table.name)?.hits ?? 0 }));

/**
 * Runs the statements of a query one after the other, in this thread.
 * @throws NativeError and others; see {@link failureOf}
 */
export const runQuery = async (work: Work): Promise<Outcome> => {
  const { connection, query } = work;
  const began = process.threadCpuUsage();
  connection.run = query;
  beginRun(connection.handle, query.run, query.budget.memory);
  resetCounters(connection.handle);
  connection.caches.rows.reset();
  try {
    const collected = await runAll(work);
    const { columns, blocks } = await collected.result();
    const tables = tableStats(connection);
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
  } catch (error) {
    throw budgetOf(error, query.budget);
  } finally {
    connection.caches.rows.clear();
    if (inTransaction(connection.handle)) connection.rollback();
  }
};
