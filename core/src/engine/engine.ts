import type { TableDefinition, TableSchema } from '@outpost/sdk';
import type { DiffResult } from '../results/diff.ts';
import type { StoredState } from '../results/state.ts';
import type { Culprit } from '../watchdog/last-end.ts';
import type { LimitKind } from '../watchdog/limit-watch.ts';
import { Catalog, type CatalogTable, type Placement } from './catalog.ts';
import type { ColumnType } from './column-types.ts';
import type { EngineSettings, QueryConnection } from './connection.ts';
import type { Blamed } from './culprits.ts';
import { givenUp, resultOf } from './ending.ts';
import { engineError } from './engine-error.ts';
import type { Question } from './exchange.ts';
import { type Lane, LanePool, lanes, nestingLimit } from './lane.ts';
import type { Budget, TableStats } from './messages.ts';
import type { encodings } from './native.ts';
import { PluginHost } from './plugin-host.ts';
import { type EngineRecord, type HungQuery, QueryThread } from './query-thread-handle.ts';
import { QueryWatch } from './query-watch.ts';
import type { ScheduleTime } from './sources/source.ts';
import type { TableServer } from './table-server.ts';
import { Tally } from './tally.ts';
import { unreachable } from './unreachable.ts';
import { isWritable } from './writable.ts';

/** How an engine is opened. */
export interface EngineOptions {
  readonly settings?: Partial<EngineSettings>;
  /** What a query of a lane may take and use up, unless its own options say otherwise. Asked for each query. */
  readonly limits?: (lane: Lane) => QueryLimits;
  /** Says on the status log what a table has to say. */
  readonly onWarning?: (table: string, message: string) => void;
  /** Waits until an extension that has registered listens. @returns false when it does not within the time, or has listened before */
  readonly untilReady?: (uuid: number, timeoutMs: number) => Promise<boolean>;
  /** How long a query waits for a table that is announced and has not come, milliseconds; not at all when left out. */
  readonly awaitMs?: number;
  /** Says on the status log what the authorizer refused. */
  readonly onDenial?: (line: string) => void;
  /** Called with the number of threads that hang in a system call and could not be ended, and the query of the last one. */
  readonly onAbandoned?: (count: number, query: HungQuery) => void;
  /** Where it is recorded what runs. */
  readonly record?: EngineRecord | undefined;
  /** Why a text must not be run now, if it must not: it has ended the process before. */
  readonly held?: (sql: string, lane: Lane) => HeldText | undefined;
  /** Called once, when that number reaches two: time for the process to end itself, which only SIGKILL can do. */
  readonly onWedged?: (hung: readonly HungQuery[]) => void;
  /** Whether a table that statements cannot use is there all the same, switched off: then its name is no mistake for another. */
  readonly isSwitchedOff?: (table: string) => boolean;
}

/** Until when a text is not run, and why. */
export interface HeldText {
  readonly until: string;
  readonly evidence: string;
}

/** What a query may take and use up. */
export interface QueryLimits {
  /** How long it may take, waiting for its turn included, milliseconds; for ever, when left out. */
  readonly deadlineMs?: number;
  readonly budget?: Partial<Budget>;
}

/** How a query is run. */
export interface QueryOptions extends QueryLimits {
  readonly lane: Lane;
  /** What errors call the query. */
  readonly name?: string;
  /** How the rows come; MessagePack, when left out. */
  readonly encoding?: keyof typeof encodings;
  readonly signal?: AbortSignal;
  /** How many queries wait for this one, each for an extension that asked the next: see {@link Engine.depthWithin}. */
  readonly depth?: number;
  /** Compare the result with this state: the rows stay in the thread, the difference comes. */
  readonly previous?: StoredState;
  /** Where in the schedule it stands: rows of cacheable tables may then come from an earlier query. */
  readonly schedule?: ScheduleTime;
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
    readonly tables: readonly TableStats[];
  };
  readonly diff: DiffResult | undefined;
}

const defaultSettings: EngineSettings = {
  thriftTimeoutMs: 300_000,
  defaultIndex: true,
  nullText: '',
  regexMaxBytes: 256,
};
/** What SQLite may allocate to prepare a statement on the main thread. */
const preparingBytes = 64 << 20;
/** How many threads may hang before the engine counts as wedged. */
const wedgedAt = 2;

/** SQL over the tables of the catalog. The main thread's face of the query threads. */
export class Engine {
  readonly catalog = new Catalog();
  /** The queries whose threads hang in a system call and could not be ended. */
  readonly hung: HungQuery[] = [];
  /** Called when a query begins while none runs. */
  onBusy: (() => void) | undefined;
  /** What queries have come to. */
  readonly tally = new Tally();
  readonly #options: EngineOptions;
  readonly #settings: EngineSettings;
  readonly #host: PluginHost;
  readonly #pools: Readonly<Record<Lane, LanePool>>;
  readonly #definitions = new Map<string, TableDefinition>();
  /** Threads that were given up and may go on taking what they can. */
  readonly #hungThreads: QueryThread[] = [];
  /** The queries that run or wait for a thread. */
  readonly #watches = new Set<QueryWatch>();
  readonly #pressure = new Int32Array(new SharedArrayBuffer(4));
  #preparing: Promise<QueryConnection> | undefined;
  #closed = false;

  private constructor(options: EngineOptions) {
    this.#options = options;
    this.#settings = { ...defaultSettings, ...options.settings };
    this.#host = new PluginHost({
      onWarning: this.#warn,
      onGone: reason => this.#hostGone(reason),
      onAbandoned: () => this.#abandon({ name: 'the plugin host', table: undefined }),
    });
    const pool = (lane: Lane): LanePool => new LanePool(lane, () => this.#startThread(lane));
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
      ...definitions.map(definition => {
        const { name, schema } = definition;
        return {
          name,
          aliases: schema.aliases,
          placement: { kind: 'main', writable: isWritable(definition) },
          schema,
        } as const;
      }),
    );
  }

  /** Starts the first thread of a lane before a query needs it. */
  warm(lane: Lane): void {
    this.#pools[lane].warm();
  }

  /**
   * Runs the statements of a text, one after the other; the rows of all make one result.
   * @throws OutpostError SQL_ERROR with SQLite's own text, QUERY_DEADLINE, QUERY_CANCELLED, QUERY_NOT_AUTHORIZED,
   *   QUERY_NESTED, QUERY_BUDGET_ROWS, QUERY_BUDGET_BYTES, QUERY_BUDGET_CPU, QUERY_BUDGET_MEMORY, QUERY_QUEUE_FULL, QUERY_THREAD_LOST, TABLE_OTHER_PLATFORM, ENGINE_CLOSED
   */
  async query(sql: string, options: QueryOptions): Promise<QueryResult> {
    const began = performance.now();
    try {
      const result = await this.#patiently(sql, this.#limited(options));
      this.tally.succeeded(options.lane, result);
      return result;
    } catch (error) {
      this.tally.failed(options.lane, performance.now() - began);
      throw error;
    }
  }

  /** Runs a query, and again once a table has come that was only starting. */
  async #patiently(sql: string, options: QueryOptions): Promise<QueryResult> {
    const { deadlineMs = Number.POSITIVE_INFINITY } = options;
    const [began, { awaitMs = 0 }] = [performance.now(), this.#options];
    const leftOf = (wholeMs: number): number => wholeMs - (performance.now() - began);
    for (let waits = 0; ; waits++) {
      try {
        return await this.#query(sql, options, leftOf(deadlineMs));
      } catch (error) {
        const again = waits < waitLimit && !mayWrite.test(sql);
        if (!again || !(await this.#comes(error, leftOf(Math.min(awaitMs, deadlineMs))))) throw error;
      }
    }
  }

  /** Waits for the extension for whose table a statement failed, where it is only starting. @returns whether it came within the time */
  async #comes(error: unknown, timeoutMs: number): Promise<boolean> {
    if (!(error instanceof Error)) return false;
    const table = this.catalog.tables().find(({ placement }) => error.message === absenceOf(placement));
    if (table?.placement.kind === 'extension')
      return (await this.#options.untilReady?.(table.placement.uuid, timeoutMs)) ?? false;
    if (table === undefined || !isAwaited(table)) return false;
    return this.catalog.until(() => !isAwaited(this.catalog.get(table.name)), timeoutMs);
  }

  async #query(sql: string, options: QueryOptions, leftMs: number): Promise<QueryResult> {
    if (this.#closed) throw await engineError('ENGINE_CLOSED');
    const { depth = 0, lane, name = lane } = options;
    const held = this.#options.held?.(sql, lane);
    if (held !== undefined) throw await engineError('QUERY_HELD', { query: name, ...held });
    if (depth > nestingLimit) throw await engineError('QUERY_NESTED', { depth, limit: nestingLimit });
    const began = performance.now();
    const watch = new QueryWatch({ ...options, deadlineMs: leftMs });
    if (this.#watches.size === 0) this.onBusy?.();
    this.#watches.add(watch);
    try {
      if (watch.given !== undefined) throw await givenUp(watch, options);
      return await this.#pools[options.lane].use(watch, async thread => {
        const ending = await watch.run(thread, sql);
        if (watch.given !== undefined && thread.usesHost) void this.#host.probe();
        // What the query has left in the thread goes with it.
        if (watch.given === 'limit') await thread.close();
        return resultOf(ending, options, watch, performance.now() - began);
      });
    } catch (error) {
      throw watch.given === undefined ? await this.#explained(error, sql) : await givenUp(watch, options);
    } finally {
      this.#watches.delete(watch);
      watch.end();
    }
  }

  /** How many threads hang and could not be ended. */
  get abandoned(): number {
    return this.hung.length;
  }

  /** Whether queries run, or wait for a thread. */
  get busy(): boolean {
    return this.#watches.size > 0;
  }

  /** The query that is to blame when the process takes too much of something; undefined when it is no single one. */
  async culprit(kind: LimitKind): Promise<Culprit | undefined> {
    return (await this.#greediest(kind))?.culprit;
  }

  /**
   * Stops the query that is to blame; it ends with QUERY_AGENT_LIMIT.
   * @param limit what the process takes too much of, with the figures
   */
  async stopCulprit(kind: LimitKind, limit: string): Promise<Culprit | undefined> {
    const blamed = await this.#greediest(kind);
    blamed?.taker.stop?.(limit, blamed.culprit.figure);
    return blamed?.culprit;
  }

  /** Refuses results of more than so many bytes, until it is called with 0. */
  limitResults(bytes: number): void {
    Atomics.store(this.#pressure, 0, Math.ceil(bytes / 1024));
  }

  async #greediest(kind: LimitKind): Promise<Blamed | undefined> {
    const { greediest } = await import('./culprits.ts');
    const running = [...this.#watches].filter(watch => watch.isRunning);
    const hung = this.#hungThreads.map(thread => ({
      told: thread.told,
      asked: thread.asked?.name,
      worksInHost: false,
      taken: (what: LimitKind) => thread.taken(what),
    }));
    return greediest([...running, ...hung], kind);
  }

  /** How deep a query of an extension would be nested: 0 when no query waits for an answer of that extension now. */
  depthWithin(extension: number): number {
    const threads = lanes.flatMap(lane => this.#pools[lane].threads);
    const waiting = threads.filter(({ asked }) => asked?.atWork === true && asked.extension === extension);
    return Math.max(0, ...waiting.map(({ depth }) => depth + 1));
  }

  /**
   * The columns of the first statement of a text, in select order; the statement is prepared and not run.
   * @throws OutpostError SQL_ERROR, TABLE_OTHER_PLATFORM
   */
  async columns(sql: string): Promise<ColumnType[]> {
    const connection = await this.#prepareOne();
    const { columnsOf } = await import('./column-types.ts');
    try {
      return await columnsOf(connection, sql);
    } catch (error) {
      throw await this.#explained(await failed(error, await this.#denialOf(connection)), sql);
    }
  }

  /** Why a text cannot be the statement of a view; undefined when it can. */
  async viewFault(sql: string): Promise<string | undefined> {
    const connection = await this.#prepareOne();
    const { viewFault } = await import('./views.ts');
    return viewFault(connection, sql);
  }

  /** The schema of a table; undefined when there is no such table, or nobody who serves it. */
  async schema(name: string): Promise<TableSchema | undefined> {
    return (await this.#prepareOnly()).schema(name);
  }

  /** Ends the threads that have nothing to do, and what they hold; the next query starts one. */
  shrink(): void {
    for (const lane of lanes) this.#pools[lane].shrink();
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

  readonly #abandon = (query: HungQuery, thread?: QueryThread): void => {
    this.hung.push(query);
    if (thread !== undefined) this.#hungThreads.push(thread);
    this.#options.onAbandoned?.(this.hung.length, query);
    if (this.hung.length === wedgedAt) this.#options.onWedged?.(this.hung);
  };

  #startThread(lane: Lane): QueryThread {
    return new QueryThread({
      settings: this.#settings,
      tables: () => this.catalog.whole(),
      keepsChanges: lane === 'shell',
      server: lazyServer(this.#find, this.#warn),
      connectHost: this.#host.connect.bind(this.#host),
      onWarning: this.#warn,
      onDenial: line => this.#options.onDenial?.(line),
      onAbandoned: this.#abandon,
      record: this.#options.record,
      pressure: this.#pressure,
    });
  }

  #hostGone(reason: string): void {
    this.#warn('plugin host', `The plugin host thread died: ${reason}. Queries that wait for it end.`);
    for (const lane of lanes) for (const thread of this.#pools[lane].threads) if (thread.usesHost) void thread.close();
  }

  #limited(options: QueryOptions): QueryOptions {
    const limits = this.#options.limits?.(options.lane);
    return limits === undefined ? options : { ...limits, ...options, budget: { ...limits.budget, ...options.budget } };
  }

  async #denialOf({ handle }: QueryConnection): Promise<string | null> {
    const { takeDenial } = await import('./native.ts');
    const denial = takeDenial(handle);
    if (denial !== null) this.#options.onDenial?.(denial);
    return denial;
  }

  /** The error of a statement; where it is of a name that nobody has, with the name that may be meant. */
  async #explained(error: unknown, sql: string): Promise<unknown> {
    if (!(error instanceof Error) || !error.message.startsWith('no such ')) return error;
    const { withSuggestion } = await import('./suggestions.ts');
    return withSuggestion(error, sql, {
      isSwitchedOff: table => this.#options.isSwitchedOff?.(table) === true,
      tables: () => this.catalog.statementNames(),
      columns: async table => shownColumns(await this.schema(this.catalog.named(table)?.name ?? table)),
      functions: async () => (await this.#prepareOnly()).functions(),
    });
  }

  /** The main thread's connection, with the memory that preparing a statement may take. */
  async #prepareOne(): Promise<QueryConnection> {
    const connection = await this.#prepareOnly();
    const { beginRun } = await import('./native.ts');
    beginRun(connection.handle, 1, preparingBytes);
    return connection;
  }

  /** The main thread's own connection, which never runs a statement over tables. */
  #prepareOnly(): Promise<QueryConnection> {
    this.#preparing ??= (async () => {
      const { QueryConnection } = await import('./connection.ts');
      const connection = new QueryConnection({ settings: this.#settings, warn: this.#warn });
      connection.apply(this.catalog.whole());
      this.catalog.onChange(change => connection.apply(change));
      return connection;
    })();
    return this.#preparing;
  }
}

/** How often one query waits for tables to come: for an extension to register, and then to listen, for a few tables. */
const waitLimit = 8;

/**
 * Statements that are not run again after they failed for want of a table, since what they changed before would be changed twice. A word that means
 * something else, such as a name in quotes, only has a query fail at once.
 */
const mayWrite = /\b(?:insert|update|delete|replace\s+into|create|drop)\b/i;

const isAwaited = (table: CatalogTable | undefined): boolean =>
  table?.placement.kind === 'unavailable' && table.placement.awaited === true;

/** What a statement fails with whose table nobody serves. */
const absenceOf = (placement: Placement): string | undefined => {
  if (placement.kind === 'unavailable') return placement.message;
  return placement.kind === 'extension' ? unreachable(placement.socketPath) : undefined;
};

/** A server of the main thread's tables; what it is made of is loaded with the first question. */
const lazyServer = (...options: ConstructorParameters<typeof TableServer>): Pick<TableServer, 'answer' | 'close'> => {
  let server: Promise<TableServer> | undefined;
  const load = async (): Promise<TableServer> => new (await import('./table-server.ts')).TableServer(...options);
  return {
    answer: async (question: Question) => {
      server ??= load();
      return (await server).answer(question);
    },
    close: async () => (await server)?.close(),
  };
};

const shownColumns = (schema: TableSchema | undefined): string[] =>
  schema?.columns.filter(({ foreign }) => !foreign).map(({ name }) => name) ?? [];

/** What a statement on the main thread failed with. */
const failed = async (error: unknown, denial: string | null): Promise<unknown> => {
  if (error instanceof Error && 'remedy' in error) return error;
  const { budgetOf, failureOf } = await import('./failure.ts');
  const { statementError } = await import('./failures.ts');
  const cause = budgetOf(error, { memory: preparingBytes });
  return statementError(failureOf(cause), { query: 'query', where: '', denial });
};
