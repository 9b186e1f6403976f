import type { TableSchema } from '@outpost/sdk';
import { toBytes } from '../bytes.ts';
import { numbersOfBlock, rowsOfBlock } from '../cells.ts';
import { type ColumnType, type ResultTable, SqlError } from '../result.ts';
import type { LocalSource, TableCatalog } from '../shell.ts';

/** The part of the engine that the shell uses. */
export interface ShellEngine {
  readonly catalog: { names(): readonly string[] };
  schema(name: string): Promise<TableSchema | undefined>;
  query(
    sql: string,
    options: { readonly lane: 'shell'; readonly signal: AbortSignal },
  ): Promise<{
    readonly columns: readonly ColumnType[];
    /** MessagePack. */
    readonly blocks: readonly Uint8Array[];
    readonly stats: { readonly userMs: number; readonly systemMs: number };
  }>;
  columns(sql: string): Promise<readonly ColumnType[]>;
  close(): Promise<void>;
}

/** What surrounds an engine and is not of it. */
export interface EngineCompanion {
  /** The names of all tables: also of those that are switched off, and of those that wait for {@link prepare}. */
  tableNames(): readonly string[];
  /** Is told what will be named: a statement, or a table. */
  prepare(text: string): Promise<void>;
  /** Adds the tables that are only in the configuration. @returns whether it had not been asked before */
  complete(): Promise<boolean>;
  /** Whether results tell which values are numbers. */
  readonly numerics: boolean;
  /** The names of the registered extensions. */
  extensionNames(): readonly string[];
  /** Closes the engine, and what must be closed before. */
  close(): Promise<void>;
}

const alone = (engine: ShellEngine): EngineCompanion => ({
  tableNames: () => engine.catalog.names(),
  prepare: async () => undefined,
  complete: async () => false,
  numerics: false,
  extensionNames: () => [],
  close: () => engine.close(),
});

/** SQLite's result code of a statement that was stopped. */
const interrupted = 9;

/** The engine in this process, and the extensions registered with it. */
export class EngineSource implements LocalSource {
  readonly catalog: TableCatalog;
  readonly #engine: ShellEngine;
  readonly #companion: EngineCompanion;

  constructor(engine: ShellEngine, companion: EngineCompanion = alone(engine)) {
    this.#engine = engine;
    this.#companion = companion;
    this.catalog = {
      names: () => companion.tableNames(),
      complete: async () => void (await companion.complete()),
      schema: async name => {
        await companion.prepare(name);
        return engine.schema(name);
      },
    };
  }

  extensionNames(): readonly string[] {
    return this.#companion.extensionNames();
  }

  async query(sql: string, signal: AbortSignal): Promise<ResultTable> {
    try {
      const { columns, blocks, stats } = await this.#ask(sql, () => this.#engine.query(sql, { lane: 'shell', signal }));
      const { userMs, systemMs } = stats;
      const rows = { columns: columns.map(({ name }) => toBytes(name)), rows: blocks.flatMap(rowsOfBlock) };
      const numbers = this.#companion.numerics && { numbers: blocks.flatMap(numbersOfBlock) };
      return { ...rows, ...numbers, userMs, systemMs };
    } catch (error) {
      throw signal.aborted ? new SqlError('interrupted', interrupted) : error;
    }
  }

  async columns(sql: string): Promise<readonly ColumnType[]> {
    return this.#ask(sql, () => this.#engine.columns(sql));
  }

  close(): Promise<void> {
    return this.#companion.close();
  }

  /** Asks again when a table is missing that the configuration may have: it is not read before. */
  async #ask<Answer>(sql: string, ask: () => Promise<Answer>): Promise<Answer> {
    await this.#companion.prepare(sql);
    try {
      return await ask();
    } catch (error) {
      const missing = error instanceof Error && error.message.startsWith('no such table');
      if (missing && (await this.#companion.complete())) return ask();
      throw error;
    }
  }
}
