/**
 * What the main thread and its query threads say to each other. Messages of one port keep their order, so a catalog change that was posted
 * before a query is applied before it runs.
 */
import type { DiffResult } from '../results/diff.ts';
import type { StoredState } from '../results/state.ts';
import type { CatalogChange } from './catalog.ts';
import type { EngineSettings } from './connection.ts';
import type { ExchangeEnd } from './exchange.ts';
import type { encodings, Handle, StatementColumn, TableCounters } from './native.ts';
import type { ScheduleTime } from './sources/source.ts';

/** What a query may use up. */
export interface Budget {
  /** Rows of the result. */
  readonly rows: number;
  /** Encoded bytes of the result. */
  readonly bytes: number;
  /** CPU time of the query's thread, milliseconds. */
  readonly cpuMs: number;
  /** Bytes that SQLite may allocate: for sorting, grouping, and values on their way. */
  readonly memory: number;
}

/** What a query thread works with. */
export interface ThreadData {
  /** Element 0 is the table that was asked last: see asked-table.ts. */
  readonly asked: Int32Array<SharedArrayBuffer>;
  readonly settings: EngineSettings;
  readonly main: ExchangeEnd;
  readonly host: ExchangeEnd;
  readonly tables: CatalogChange;
  /** Element 0: KiB that a result may have for now, since the agent is near its memory limit; 0 any. */
  readonly pressure: Int32Array<SharedArrayBuffer>;
  /** The thread's place in the record of what runs: see watchdog/run-record.ts. */
  readonly recorded?: { readonly descriptor: number; readonly slot: number };
}

/** To the plugin host thread. */
export type ToHost =
  /** Another query thread wants answers. */
  | { readonly type: 'serve'; readonly end: ExchangeEnd }
  /** Is your event loop alive? */
  | { readonly type: 'ping' };

/** From the plugin host thread. */
export type FromHost =
  | { readonly type: 'pong' }
  | { readonly type: 'warning'; readonly table: string; readonly message: string };

/** One query, as a thread runs it. */
export interface QueryMessage {
  readonly type: 'query';
  /** A number above 0, new for each query of the thread. */
  readonly run: number;
  readonly sql: string;
  readonly encoding: keyof typeof encodings;
  readonly budget: Budget;
  readonly cancel: Int32Array<SharedArrayBuffer>;
  /** On the clock of clock.ts, milliseconds. */
  readonly deadline: number;
  /** Compare the result with this state, and send the difference instead of the rows. */
  readonly previous: StoredState | undefined;
  /** For a scheduled query that may be given rows of cacheable tables from before. */
  readonly schedule?: ScheduleTime;
}

/** From the main thread. */
export type ToThread =
  /** The first message, once. */
  | { readonly type: 'open'; readonly data: ThreadData }
  | QueryMessage
  | { readonly type: 'catalog'; readonly change: CatalogChange }
  /** Open another connection with these tables in the place of yours. */
  | { readonly type: 'renew'; readonly tables: CatalogChange };

/** What a query asked of one table. */
export interface TableStats extends TableCounters {
  /** Scans among these that were answered with rows kept from an earlier one. */
  readonly cached: number;
}

/** What a query gave, as it crosses threads. */
export interface Outcome {
  readonly columns: readonly StatementColumn[];
  readonly blocks: readonly Uint8Array[];
  readonly rowCount: number;
  readonly bytes: number;
  readonly userMs: number;
  readonly systemMs: number;
  readonly tables: readonly TableStats[];
  readonly diff: DiffResult | undefined;
}

/** Why a query failed, as it crosses threads. */
export interface Failure {
  readonly message: string;
  readonly sqliteCode: number;
  /** Set when a budget was exceeded that the thread itself looks after. */
  readonly budget?: { readonly kind: Exclude<keyof Budget, 'cpuMs'> | 'pressure'; readonly limit: number };
}

/** A table as the main thread knows it by the number that a thread calls it by. */
export interface NumberedTable {
  readonly name: string;
  /** The number of the extension that it is of. */
  readonly extension: number | undefined;
}

/** What there is to say at the end of a query, however it ended. */
interface Aftermath {
  readonly run: number;
  /** The log line of what the authorizer refused. */
  readonly denial: string | null;
  /** Whether it may have left something behind in the connection: a table, a view, a setting. */
  readonly changed: boolean;
}

/** To the main thread. */
export type FromThread =
  | { readonly type: 'ready'; readonly handle: Handle }
  | (Aftermath & { readonly type: 'done'; readonly outcome: Outcome })
  | (Aftermath & { readonly type: 'failed'; readonly failure: Failure })
  /** What the thread calls a table by from now on. */
  | { readonly type: 'table'; readonly number: number; readonly table: NumberedTable }
  /** The thread is about to ask the plugin host for the first time. */
  | { readonly type: 'host' }
  | { readonly type: 'warning'; readonly table: string; readonly message: string };
