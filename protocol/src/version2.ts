/** The values of version 2 of the protocol as TypeScript sees them; protocol/outpost.thrift has their wire form. */
import type { ExtensionRegistry } from './types.ts';

/** The option that a manager lists which speaks version 2, and its value. */
export const protocolOption = { name: 'outpost_protocol', value: '2' } as const;

/** How large a page is asked for where nothing else is known, bytes. */
export const usualPageBytes = 64 * 1024;

/** How many pages of one cursor may be unanswered. */
export const creditLimit = 4;

/** The column under which a scan asks for the ids of a writable table's rows. */
export const rowIdColumn = 'rowid';

/** A column, for people. */
export interface ColumnDocument {
  readonly name: string;
  readonly description: string;
}

/** What route rows cannot say of a table. */
export interface TableDocument {
  readonly name: string;
  readonly description: string;
  readonly examples: readonly string[];
  readonly platforms: readonly string[];
  readonly columns: readonly ColumnDocument[];
  /** Columns in whose ascending order the rows come. */
  readonly order: readonly string[];
  /** Columns whose `=` and `IN` constraints are applied exactly. */
  readonly exact: readonly string[];
  /** Takes writes. */
  readonly writable: boolean;
  /** An event table: its rows are pushed, never asked for. */
  readonly pushed: boolean;
}

/** One term of an ORDER BY. */
export interface ScanOrder {
  readonly column: string;
  readonly descending: boolean;
}

/** One scan of a table. */
export interface Scan {
  readonly table: string;
  /** What each row holds, in this order. */
  readonly columns: readonly string[];
  /** MessagePack: see `encodeConstraints`. */
  readonly constraints: Uint8Array;
  /** The caller reads no more rows than this; 0: no limit. */
  readonly limit: number;
  readonly order: readonly ScanOrder[];
}

/** A piece of a result. */
export interface Page {
  /** What to ask for the next page with, while there is {@link more}. */
  readonly cursor: number;
  readonly more: boolean;
  /** A block of rows; empty: none in this page. A view of what was received. */
  readonly rows: Uint8Array;
  readonly warnings: readonly string[];
  /** Of the first page of a query: the names of its columns. */
  readonly columns: readonly string[];
  /** Of the first page of a query: the declared types of its columns, in capitals; '' where there is none. */
  readonly types: readonly string[];
}

/** What is done to a row. */
export const writeKinds = { insert: 1, update: 2, delete: 3 } as const;

/** A number of {@link writeKinds}. */
export type WriteKind = (typeof writeKinds)[keyof typeof writeKinds];

/** A row to be written. */
export interface RowWrite {
  readonly table: string;
  readonly kind: WriteKind;
  /** The row that is there, or the id that an insert asks for. */
  readonly rowId: number | bigint | undefined;
  /** Of an update: the id of the row afterwards. */
  readonly newRowId: number | bigint;
  /** A block of one row with every column; empty for a delete. */
  readonly values: Uint8Array;
}

/** The kinds of log lines. */
export const logKinds = { result: 0, snapshot: 1, status: 2 } as const;

/** A number of {@link logKinds}; a later version may know more. */
export type LogKind = number;

/** One line for a logger. */
export interface LogLine {
  readonly kind: LogKind;
  /** UTF-8. */
  readonly line: Uint8Array;
}

/** What a registration holds. */
export interface Lease {
  readonly uuid: number;
  readonly generation: number;
}

/** A lease that was given, or changed. */
export interface LeaseGrant {
  readonly lease: Lease;
  /** How often the manager wants it renewed, milliseconds. */
  readonly intervalMs: number;
}

/** How a lease stands. */
export const leaseStates = { held: 0, unknown: 1, replaced: 2 } as const;

/** What a renewal is told. */
export interface LeaseAnswer {
  /** A number of {@link leaseStates}. */
  readonly state: number;
  /** When the manager wants to hear again, milliseconds. */
  readonly intervalMs: number;
}

/** A change to the plugins of a living lease. */
export interface RegistryUpdate {
  readonly add: ExtensionRegistry;
  readonly tables: readonly TableDocument[];
  /** Names by registry. */
  readonly remove: Readonly<Record<string, readonly string[]>>;
}

/** Events of an event table. */
export interface EventPush {
  readonly table: string;
  /** The number of the first of them. */
  readonly sequence: number;
  /** A block of rows. */
  readonly rows: Uint8Array;
  /** How many were lost before them, and why. */
  readonly lost: number;
  readonly reason: string;
}

/** What an event table may still push. */
export interface EventAnswer {
  /** The last event that is stored. */
  readonly sequence: number;
  readonly creditBytes: number;
  /** When `creditBytes` is 0: when to ask again, milliseconds. */
  readonly creditMs: number;
}
