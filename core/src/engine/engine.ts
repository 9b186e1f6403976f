import { OutpostError } from '@outpost/protocol';
import type { TableDefinition, TableSchema } from '@outpost/sdk';
import type { DiffResult } from '../results/diff.ts';
import type { StoredState } from '../results/state.ts';
import { Catalog, type CatalogTable } from './catalog.ts';
import type { ColumnType } from './column-types.ts';
import type { EngineSettings, QueryConnection } from './connection.ts';
import { statementError } from './failures.ts';
import { type Lane, LanePool } from './lane.ts';
import type { Budget } from './messages.ts';
import { encodings, type TableCounters } from './native.ts';
import { PluginHost } from './plugin-host.ts';
import { type Ending, QueryThread } from './query-thread-handle.ts';
import { failureOf } from './run-query.ts';
import { TableServer } from './table-server.ts';

/** How an engine is opened. */
export interface EngineOptions {
  readonly settings?: Partial<EngineSettings>;
  /** Says on the status log what a table has to say. */
  readonly onWarning?: (table: string, message: string) => void;
  /** Says on the status log what the authorizer refused. */
  readonly onDenial?: (line: string) => void;
  /** Called with the number of threads that hang in a system call and could not be ended. */
  readonly onAbandoned?: (count: number) => void;
}

/** How a query is run. */
export interface QueryOptions {
  readonly lane: Lane;
  /** What errors call the query. */
  readonly name?: string;
  /** How long it may take, waiting for its turn included; for ever, when left out. */
  readonly deadlineMs?: number;
  readonly budget?: Partial<Budget>;
  /** How the rows come; MessagePack, when left out. */
  readonly encoding?: keyof typeof encodings;
  readonly signal?: AbortSignal;
  /** Compare the result with this state: the rows stay in the thread, the difference comes. */
  readonly previous?: StoredState;
}

/** What a query gave. */
export interface QueryResult {
  readonly columns: readonly ColumnType[];
  /** The rows, in the encoding asked for: see `rowsOf` and `rowsBytes`. */
  readonly blocks: readonly Uint8Array[];
  readonly rowCount: number;
  readonly stats: {
    readonly wallMs: number;
    readonly userMs: number;
    readonly systemMs: number;
    readonly bytes: number;
    readonly tables: readonly TableCounters[];
  };
  readonly diff: DiffResult | undefined;
}

const defaultSettings: EngineSettings = { thriftTimeoutMs: 300_000, defaultIndex: true, nullText: '' };
const defaultBudget: Budget = { rows: 10_000_000, bytes: 1 << 30 };
const lanes = ['scheduled', 'live', 'shell', 'extension'] as const;
const clock = (): number => performance.timeOrigin + performance.now();

/** SQL over the tables of the catalog. The main thread's face of the query threads. */
export class Engine {
  readonly catalog = new Catalog();
  /** Threads that hang in a system call and could not be ended. */
  abandoned = 0;
  readonly #options: EngineOptions;
  readonly #settings: EngineSettings;
  readonly #host: PluginHost;
  readonly #pools: Readonly<Record<Lane, LanePool>>;
  readonly #definitions = new Map<string, TableDefinition>();
  #preparing: Promise<QueryConnection> | undefined;
  #closed = false;

  private constructor(options: EngineOptions) {
    this.#options = options;
    this.#settings = { ...defaultSettings, ...options.settings };
    this.#host = new PluginHost(this.#warn, reason => this.#hostGone(reason));
    const pool = (lane: Lane): LanePool => new LanePool(lane, () => this.#startThread());
    this.#pools = {
      scheduled: pool('scheduled'),
      live: pool('live'),
      shell: pool('shell'),
      extension: pool('extension'),
    };
    this.catalog.onChange(change => {
      for (const lane of lanes) for (const thread of this.#pools[lane].threads) thread.apply(change);
    });
  }

  /** Opens an engine with an empty catalog. */
  static open(options: EngineOptions = {}): Engine {
    return new Engine(options);
  }

  /** Adds tables whose definitions live on the main thread: those that tell about the agent itself. */
  addMainTables(...definitions: readonly TableDefinition[]): void {
    for (const definition of definitions) this.#definitions.set(definition.name, definition);
    this.catalog.set(
      ...definitions.map(
        ({ name, schema }): CatalogTable => ({ name, aliases: schema.aliases, placement: { kind: 'main' }, schema }),
      ),
    );
  }

  /** Starts the first thread of a lane before a query needs it. */
  warm(lane: Lane): void {
    this.#pools[lane].warm();
  }

  /**
   * Runs the statements of a text, one after the other; the rows of all make one result.
   * @throws OutpostError SQL_ERROR with SQLite's own text, QUERY_DEADLINE, QUERY_CANCELLED, QUERY_BUDGET_ROWS, QUERY_BUDGET_BYTES,
   *   QUERY_QUEUE_FULL, QUERY_THREAD_LOST, TABLE_OTHER_PLATFORM, ENGINE_CLOSED
   */
  async query(sql: string, options: QueryOptions): Promise<QueryResult> {
    if (this.#closed) throw new OutpostError('ENGINE_CLOSED');
    const began = performance.now();
    const watch = new QueryWatch(options);
    try {
      return await this.#pools[options.lane].use(async thread => {
        const ending = await watch.run(thread, sql);
        return resultOf(ending, options, watch, performance.now() - began);
      });
    } finally {
      watch.end();
    }
  }

  /**
   * The columns of the first statement of a text, in select order; the statement is prepared and not run.
   * @throws OutpostError SQL_ERROR, TABLE_OTHER_PLATFORM
   */
  async columns(sql: string): Promise<ColumnType[]> {
    const connection = await this.#prepareOnly();
    const { columnTypes } = await import('./column-types.ts');
    const { finalize } = await import('./native.ts');
    const text = Buffer.from(sql);
    try {
      const statement = await connection.prepare(text, 0);
      if (statement === null) throw new Error('not an error');
      try {
        return columnTypes(connection.handle, statement, text.subarray(0, statement.tail));
      } finally {
        finalize(statement);
      }
    } catch (error) {
      throw error instanceof OutpostError ? error : statementError(failureOf(error), 'query');
    }
  }

  /** The schema of a table; undefined when there is no such table, or nobody who serves it. */
  async schema(name: string): Promise<TableSchema | undefined> {
    return (await this.#prepareOnly()).schema(name);
  }

  /** Ends all threads. Queries that run end with QUERY_THREAD_LOST. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...lanes.map(lane => this.#pools[lane].close()), this.#host.close()]);
    if (this.#preparing !== undefined) (await this.#preparing).close();
  }

  readonly #warn = (table: string, message: string): void => this.#options.onWarning?.(table, message);

  readonly #find = async (name: string): Promise<TableDefinition> => {
    const definition = this.#definitions.get(name);
    if (definition === undefined) throw new Error(`The table ${name} has no definition on the main thread.`);
    return definition;
  };

  #startThread(): QueryThread {
    const options = {
      settings: this.#settings,
      tables: { set: this.catalog.tables(), removed: [] },
      server: new TableServer(this.#find, this.#warn),
      connectHost: this.#host.connect.bind(this.#host),
      onWarning: this.#warn,
      onAbandoned: () => {
        this.abandoned += 1;
        this.#options.onAbandoned?.(this.abandoned);
      },
    };
    return new QueryThread(options, line => this.#options.onDenial?.(line));
  }

  #hostGone(reason: string): void {
    this.#warn('plugin host', `The plugin host thread died: ${reason}. Queries that wait for it end.`);
    for (const lane of lanes) for (const thread of this.#pools[lane].threads) if (thread.usesHost) void thread.close();
  }

  /** The main thread's own connection, which never runs a statement over tables. */
  #prepareOnly(): Promise<QueryConnection> {
    this.#preparing ??= (async () => {
      const { QueryConnection } = await import('./connection.ts');
      const connection = new QueryConnection({ settings: this.#settings, warn: this.#warn });
      connection.apply({ set: this.catalog.tables(), removed: [] });
      this.catalog.onChange(change => connection.apply(change));
      return connection;
    })();
    return this.#preparing;
  }
}

/** Watches over one query: its deadline, and the wish of its caller. */
class QueryWatch {
  readonly cancel = new Int32Array(new SharedArrayBuffer(4));
  /** Why the query was given up, if it was. */
  given: 'deadline' | 'cancelled' | undefined;
  readonly #options: QueryOptions;
  readonly #deadline: number;
  #thread: QueryThread | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: QueryOptions) {
    this.#options = options;
    const { deadlineMs, signal } = options;
    this.#deadline = deadlineMs === undefined ? Number.POSITIVE_INFINITY : clock() + deadlineMs;
    if (deadlineMs !== undefined) this.#timer = setTimeout(() => this.#give('deadline'), deadlineMs);
    signal?.addEventListener('abort', this.#abort);
    if (signal?.aborted === true) this.given = 'cancelled';
  }

  async run(thread: QueryThread, sql: string): Promise<Ending> {
    if (this.given !== undefined) return { kind: 'lost', reason: 'it was given up before it began' };
    const { encoding = 'messagepack', budget, previous } = this.#options;
    this.#thread = thread;
    const ending = await thread.run({
      sql,
      encoding: encodings[encoding],
      budget: { ...defaultBudget, ...budget },
      cancel: this.cancel,
      deadline: this.#deadline,
      previous,
    });
    this.#thread = undefined;
    return ending;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#abort);
  }

  readonly #abort = (): void => this.#give('cancelled');

  #give(reason: 'deadline' | 'cancelled'): void {
    this.given ??= reason;
    this.#thread?.giveUp(this.cancel);
  }
}

const resultOf = (ending: Ending, options: QueryOptions, watch: QueryWatch, wallMs: number): QueryResult => {
  const query = options.name ?? options.lane;
  if (ending.kind === 'done') {
    const { columns, blocks, rowCount, bytes, userMs, systemMs, tables, diff } = ending.outcome;
    const typed = columns.map(({ name, declared }) => ({ name, type: declared ?? '' }));
    return { columns: typed, blocks, rowCount, stats: { wallMs, userMs, systemMs, bytes, tables }, diff };
  }
  if (watch.given === 'deadline')
    throw new OutpostError('QUERY_DEADLINE', { query, milliseconds: options.deadlineMs ?? 0 }, { sqliteCode: 9 });
  if (watch.given === 'cancelled') throw new OutpostError('QUERY_CANCELLED', { query }, { sqliteCode: 9 });
  if (ending.kind === 'lost')
    throw new OutpostError('QUERY_THREAD_LOST', { query, reason: ending.reason }, { sqliteCode: 9 });
  throw statementError(ending.failure, query);
};
