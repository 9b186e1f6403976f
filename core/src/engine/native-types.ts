/** The types and codes of the native module's face; native.ts has its rules. */

/** A SQLite connection known to the native module. Unique within the process and never used twice. */
export type Handle = number & { readonly brand: 'connection handle' };

import type { ColumnTypeCode, SqlValue } from '@outpost/protocol';

export type { SqlValue } from '@outpost/protocol';

/** Codes of column types in a {@link NativeSchema}. A Thrift value of an unknown type reads as NULL. */
export { columnTypeCodes as nativeTypes } from '@outpost/protocol';

/** What a table is asked: everything that SQLite offers, or exactly what osquery passes on to an extension. */
export const pushdowns = { all: 0, osquery: 1 } as const;

/** How the rows of a block are written. */
export const encodings = {
  /** An array of rows, each an array of values: of the used columns for a table's block, of all for a result block. */
  messagepack: 0,
  /** Thrift binary protocol: a whole `list<map<string,string>>` for a table's block, only the maps for a result block. */
  thrift: 1,
} as const;

/** One of {@link encodings}. */
export type Encoding = (typeof encodings)[keyof typeof encodings];

/** A column as the planner and the row reader need it. */
export interface NativeColumn {
  readonly name: string;
  readonly type: ColumnTypeCode;
  /** Bits of the protocol's columnOptions; they decide the cost of a plan, REQUIRED and the collation. */
  readonly options: number;
  /** For a column alias: the column it stands for. Thrift rows are read through it; MessagePack rows give the alias its own value. */
  readonly target?: number;
}

/** What {@link TableCallbacks.connect} tells about a table. */
export interface NativeSchema {
  /** Any number of the caller's choice; comes back in open and update. */
  readonly table: number;
  readonly name: string;
  /** `CREATE TABLE …`. A WITHOUT ROWID table must not be writable. */
  readonly ddl: string;
  /** All columns in the order of the DDL. */
  readonly columns: readonly NativeColumn[];
  readonly pushdown: (typeof pushdowns)[keyof typeof pushdowns];
  readonly writable: boolean;
  /** Columns by which rows come in ascending order, whatever the constraints; [] when unknown. ORDER BY on a beginning of them is not sorted again. */
  readonly order: readonly number[];
  /** Columns whose `=` and IN constraints the generator applies exactly; only then is a LIMIT passed on. */
  readonly exact: readonly number[];
  /** A statement to show when a required column is missing. */
  readonly example?: string;
}

/** What SQLite asks of the tables of a connection. Called on the connection's thread, within prepare, step and finalize. */
export interface TableCallbacks {
  /** The first reference of a declared name. Returns its schema, or a text: the error of the statement. */
  connect(name: string): NativeSchema | string;
  /**
   * Begins a scan.
   * @param table the schema's number
   * @param cursor a number new for each scan of the connection
   * @param constraints flat: column, operator (constraintOperators of the protocol), number of values, the values, next column, …
   *   IN on several values is operator 2 with all of them, ascending; IS NULL and IS NOT NULL have none. With `pushdowns.osquery` values are text.
   * @param usedLow columns 0 to 31 that the statement reads, a bit each
   * @param usedHigh columns 32 to 62, and bit 31: all from 63 on
   * @param limit rows after which SQLite will ask no more (limit and offset together), or -1. Only when the constraints are exact.
   * @param order ORDER BY: a column, or ~column for descending; [] when there is none
   * @returns the first block, or null when there are no rows. {@link Registers} say how to read it.
   */
  open(
    table: number,
    cursor: number,
    constraints: readonly unknown[],
    usedLow: number,
    usedHigh: number,
    limit: number,
    order: readonly number[],
  ): Uint8Array | null;
  /** The next block of a cursor, null at the end. Called only while the registers said that more follow. */
  next(cursor: number): Uint8Array | null;
  /** Called exactly once for each cursor whose open did not throw, also after its end or an error. What it throws is ignored. */
  close(cursor: number): void;
  /**
   * A row is written: kind 1 insert, 2 update, 3 delete.
   * @param rowid the row's id (update, delete)
   * @param newRowid the id that the statement gives (insert: or null; update: the same as rowid unless changed)
   * @param values one a column (insert, update): integers are bigint, reals are number
   * @returns the id of an inserted row
   */
  update(
    table: number,
    kind: 1 | 2 | 3,
    rowid: bigint | null,
    newRowid: bigint | null,
    values: readonly SqlValue[],
  ): bigint | undefined;
}

/**
 * Set by open and next before they return a block: [0] 1 when more blocks follow, [1] the {@link Encoding}; [2] and [3] the columns that the
 * rows of a MessagePack block have, as usedLow and usedHigh of {@link TableCallbacks.open}, or 0 and 0 (or left out) for those of the scan.
 */
export type Registers = Int32Array<ArrayBuffer>;

/** A column of a statement; all but the name are null for an expression. */
export interface StatementColumn {
  readonly name: string;
  readonly declared: string | null;
  readonly table: string | null;
  readonly origin: string | null;
}

/** A prepared statement. Finalize it; one that is forgotten is finalized when it is collected. */
export interface Statement {
  readonly columns: readonly StatementColumn[];
  /** Where the next statement begins, in bytes of the UTF-8 text. */
  readonly tail: number;
  readonly readonly: boolean;
}

/** Rows of a statement. */
export interface StepResult {
  readonly block: Buffer;
  readonly rows: number;
  /** Whether the statement has ended; then a further step gives an empty block. */
  readonly done: boolean;
}

/** Work of one table since the counters were reset. `nanoseconds` is the time spent in JavaScript. */
export interface TableCounters {
  readonly name: string;
  readonly scans: number;
  readonly rows: number;
  readonly bytes: number;
  readonly nanoseconds: number;
}

/** What the statement functions throw. */
export interface NativeError extends Error {
  /** SQLite's (extended) result code. */
  readonly sqliteCode: number;
  /** Where a syntax error lies, in bytes of the UTF-8 text. */
  readonly offset?: number;
}

/** An open connection to an extension, of the thread that opened it. */
export interface NativeSession {
  readonly native: 'session';
}

/** Why an exchange with an extension failed. */
export type TransactCode = 'CONNECT' | 'CLOSED' | 'DEADLINE' | 'CANCELLED' | 'MALFORMED' | 'PEER' | 'MEMORY' | 'BUSY';

/** What an exchange with an extension throws. */
export interface TransactError extends Error {
  readonly code: TransactCode;
}

/** Who holds the other end of a Unix socket (SO_PEERCRED, unix(7)). */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** All groups of the process, where they were asked for. */
  readonly groups?: readonly number[];
}

/** How an argument reaches the body of an SQL function. A NULL is null in each. */
export const argumentKinds = {
  /** The value's text up to its first NUL, as a byte string: one character a byte. */
  text: 't',
  /** The value's text with all its bytes, as a byte string. */
  bytes: 'b',
  /** The value as an integer, of which the low 32 bits are taken. */
  int32: 'i',
  /** By its type: a bigint, a number, a byte string up to its first NUL, or a buffer for a BLOB. */
  value: 'v',
} as const;

/** Flags of an SQL function. */
export const functionFlags = {
  deterministic: 1,
  /** NULLs reach the body; without this flag one of them makes the result NULL. */
  nulls: 2,
  /** The body is called once a group, with the texts of the first argument that are not NULL, each ended by a NUL. At most 64 MiB. */
  aggregate: 4,
} as const;

/** What the body of an SQL function gives: a byte string becomes TEXT, a bigint INTEGER. */
export type FunctionResult = string | bigint | null;

/** An SQL function with its body. */
export interface NativeFunction {
  readonly name: string;
  /** Number of arguments; -1 any. */
  readonly arity: number;
  /** How each argument is passed, in the letters of {@link argumentKinds}; the last stands for all that follow. */
  readonly kinds: string;
  /** Sum of {@link functionFlags}. */
  readonly flags: number;
  /** Called on the connection's thread within step; must not run statements. What it throws is the error of the statement. */
  readonly body: (...values: never[]) => FunctionResult;
}
