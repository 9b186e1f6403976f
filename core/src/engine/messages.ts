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
}

/** What a query thread is started with. */
export interface ThreadData {
  readonly settings: EngineSettings;
  readonly main: ExchangeEnd;
  readonly host: ExchangeEnd;
  readonly tables: CatalogChange;
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
  /** On the clock of `performance.timeOrigin + performance.now()`. */
  readonly deadline: number;
  /** Compare the result with this state, and send the difference instead of the rows. */
  readonly previous: StoredState | undefined;
  /** For a scheduled query that may be given rows of cacheable tables from before. */
  readonly schedule?: ScheduleTime;
}

/** From the main thread. */
export type ToThread = QueryMessage | { readonly type: 'catalog'; readonly change: CatalogChange };

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
  /** Set when a budget was exceeded: the budget's name and what had been reached. */
  readonly budget?: { readonly kind: keyof Budget; readonly limit: number };
}

/** To the main thread. */
export type FromThread =
  | { readonly type: 'ready'; readonly handle: Handle }
  | { readonly type: 'done'; readonly run: number; readonly outcome: Outcome; readonly denial: string | null }
  | { readonly type: 'failed'; readonly run: number; readonly failure: Failure; readonly denial: string | null }
  /** The thread is about to ask the plugin host for the first time. */
  | { readonly type: 'host' }
  | { readonly type: 'warning'; readonly table: string; readonly message: string };
