import type { ExtensionResponse, RawResponse } from '@outpost/protocol';
import type { TableSchema } from '@outpost/sdk';

/** Where the rows of an extension's table come from. */
export interface ExtensionPlacement {
  readonly uuid: number;
  readonly extension: string;
  readonly socketPath: string;
  /** The users who may hold its socket; anybody, when left out. */
  readonly peerUids?: readonly number[];
  /** Set when it speaks version 2: the generation of its lease, and which of its tables take writes. */
  readonly lease?: { readonly generation: number; readonly writable: readonly string[] };
}

/** Typed rows of a statement. */
export interface TypedResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly blocks: readonly Uint8Array[];
}

/** What the manager needs of the SQL engine. */
export interface SqlService {
  /**
   * Runs a statement: rows as text. Rejects with SQLite's message.
   * @param asker the number of the extension that asks, where it is one
   * @param signal gives the statement up
   */
  query(sql: string, asker?: number, signal?: AbortSignal): Promise<RawResponse | ExtensionResponse>;
  /** The same with typed rows: blocks of MessagePack, as version 2 has them. */
  typedQuery(sql: string, asker?: number, signal?: AbortSignal): Promise<TypedResult>;
  /** The columns a statement would give, in order. Rejects with SQLite's message. */
  columns(sql: string): Promise<readonly { readonly name: string; readonly type: string }[]>;
  /**
   * Declares a table of an extension, in place of one of that name that an extension had before, suspended or not.
   * Rejects when it cannot be declared.
   */
  attach(name: string, schema: TableSchema, placement: ExtensionPlacement): Promise<void>;
  /** Takes a table back. */
  detach(name: string): Promise<void>;
  /** Keeps a table declared; queries on it fail with `message` until it is attached again. */
  suspend(name: string, message: string): Promise<void>;
  /** Whether a query waits for an answer of an extension now. */
  busy(uuid: number): boolean;
}
