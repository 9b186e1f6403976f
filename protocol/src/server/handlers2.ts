import type { LogAnswer } from '../messages/plugins2.ts';
import type {
  ExtensionInfo,
  ExtensionRegistry,
  ExtensionResponse,
  Peer,
  PluginRequest,
  RawResponse,
} from '../types.ts';
import type {
  EventAnswer,
  EventPush,
  Lease,
  LeaseAnswer,
  LeaseGrant,
  LogLine,
  Page,
  RegistryUpdate,
  RowWrite,
  Scan,
  TableDocument,
} from '../version2.ts';
import type { Awaitable, ExtensionHandler, ExtensionManagerHandler } from './handlers.ts';

/** The connection that a call came over: the same object for all its calls. */
export interface CallConnection {
  readonly peer: Peer;
  /** Fires when the connection is over. */
  readonly ended: AbortSignal;
}

/** What a handler knows of a call of version 2. */
export interface CallContext {
  readonly connection: CallConnection;
  /** Fires when nobody waits for the answer any more: the call was cancelled, its time is up, or its connection ended. */
  readonly signal: AbortSignal;
}

/**
 * What an extension answers that speaks version 2. Calls of one connection run side by side. What a method throws is the outcome
 * of the call: an OutpostError as it is, anything else as PLUGIN_FAILED with its message.
 */
export interface ExtensionHandler2 extends ExtensionHandler {
  openRows(scan: Scan, pageBytes: number, call: CallContext): Awaitable<Page>;
  nextRows(cursor: number, pageBytes: number, call: CallContext): Awaitable<Page>;
  closeRows(cursor: number, connection: CallConnection): void;
  write(write: RowWrite, call: CallContext): Awaitable<{ readonly rowId: number | bigint }>;
  logLines(logger: string, lines: readonly LogLine[], call: CallContext): Awaitable<LogAnswer>;
  ask(
    registry: string,
    item: string,
    request: PluginRequest,
    call: CallContext,
  ): Awaitable<ExtensionResponse | RawResponse>;
}

/** What the core answers that speaks version 2. */
export interface ExtensionManagerHandler2 extends ExtensionManagerHandler {
  openLease(
    info: ExtensionInfo,
    registry: ExtensionRegistry,
    tables: readonly TableDocument[],
    call: CallContext,
  ): Awaitable<LeaseGrant>;
  renew(lease: Lease, call: CallContext): Awaitable<LeaseAnswer>;
  updateRegistry(lease: Lease, update: RegistryUpdate, call: CallContext): Awaitable<LeaseGrant>;
  openQuery(sql: string, pageBytes: number, call: CallContext): Awaitable<Page>;
  nextRows(cursor: number, pageBytes: number, call: CallContext): Awaitable<Page>;
  closeRows(cursor: number, connection: CallConnection): void;
  ask(
    registry: string,
    item: string,
    request: PluginRequest,
    call: CallContext,
  ): Awaitable<ExtensionResponse | RawResponse>;
  /** Left out where nothing stores events: the method is unknown then. */
  pushEvents?(lease: Lease, push: EventPush, call: CallContext): Awaitable<EventAnswer>;
}
