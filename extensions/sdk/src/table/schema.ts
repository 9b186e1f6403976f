import { columnOptions, type tableAttributes } from '@outpost/protocol';
import type { Platform } from '../platform.ts';

export type { SqlValue } from '@outpost/protocol';

/** The type of a column, spelled as in a route row. */
export type ColumnType = 'TEXT' | 'INTEGER' | 'BIGINT' | 'UNSIGNED BIGINT' | 'DOUBLE' | 'BLOB';

/** Every column type. */
export const columnTypes: readonly ColumnType[] = ['TEXT', 'INTEGER', 'BIGINT', 'UNSIGNED BIGINT', 'DOUBLE', 'BLOB'];

/** What the core and other peers know of a column. Structured-clonable. */
export interface ColumnSchema {
  readonly name: string;
  /** `UNKNOWN` only where a peer in another language announced a type that does not exist; its values are NULL. */
  readonly type: ColumnType | 'UNKNOWN';
  /** Bits of `columnOptions`. */
  readonly options: number;
  readonly description: string;
  /** Other names of the column; each becomes a hidden column. */
  readonly aliases: readonly string[];
  /** The column belongs to another platform: hidden here, and always NULL. */
  readonly foreign: boolean;
}

/** What the core and other peers know of a table. Structured-clonable: it crosses threads as it is. */
export interface TableSchema {
  readonly name: string;
  /** Other names of the table; each becomes a view. */
  readonly aliases: readonly string[];
  readonly description: string;
  readonly platforms: readonly Platform[];
  readonly columns: readonly ColumnSchema[];
  /** Bits of `tableAttributes`. */
  readonly attributes: number;
  readonly examples: readonly string[];
  /** Columns in whose ascending order the rows come; empty where the order is not known. */
  readonly order: readonly string[];
  /** Columns whose `=` and `IN` constraints the generator applies exactly, so that SQLite need not check them again. */
  readonly exact: readonly string[];
}

/** Collations of a TEXT column and their option bits. The `version` ones compare package versions. */
export const collations = {
  binary: columnOptions.collateBinary,
  nocase: columnOptions.collateNocase,
  rtrim: columnOptions.collateRtrim,
  version: columnOptions.collateVersion,
  version_arch: columnOptions.collateVersionArch,
  version_dpkg: columnOptions.collateVersionDpkg,
  version_rhel: columnOptions.collateVersionRhel,
} as const;

/** The name of a collation. */
export type Collation = keyof typeof collations;

/** What a column may declare beside its type and description. */
export interface ColumnOptions {
  /** Rows can be found by this column fast; it is part of the primary key. */
  readonly index?: boolean;
  /** A query must constrain one of the required columns, or it fails. */
  readonly required?: boolean;
  /** A constraint on this column changes what is generated, but is not needed. */
  readonly additional?: boolean;
  /** The values of an `IN (…)` come in one call of `generate`, not in one call each. */
  readonly optimized?: boolean;
  /** Left out of `select *`. */
  readonly hidden?: boolean;
  /** How text is compared; byte by byte in a hidden column, whatever is said here, since SQLite forgets it there. */
  readonly collate?: Collation;
  /** Other names of the column. */
  readonly aliases?: readonly string[];
  /** Where the column exists; everywhere the table does, when left out. */
  readonly platforms?: readonly Platform[];
}

/** A column in a table definition, made by {@link text}, {@link integer} and the other helpers. */
export interface Column<T extends ColumnType = ColumnType> {
  readonly type: T;
  readonly description: string;
  readonly options: ColumnOptions;
}

/** The columns of a definition; the order of the keys is the order of the columns. */
export type Columns = Readonly<Record<string, Column>>;

/** The attributes of a table. */
export type TableAttributes = { readonly [Name in keyof typeof tableAttributes]?: boolean };

/** What a row holds in a column of type `T`. */
export type ValueOfType<T extends ColumnType> = T extends 'TEXT'
  ? string
  : T extends 'INTEGER' | 'DOUBLE'
    ? number
    : T extends 'BLOB'
      ? Uint8Array
      : number | bigint;

/** A row of a table with the columns `C`: every column may be left out, or null. */
export type Row<C extends Columns = Columns> = {
  readonly [Name in keyof C]?: ValueOfType<C[Name]['type']> | null | undefined;
} & {
  /** The row's identity, which `update` and `delete` are called with; its number in the scan, when left out. */
  readonly rowid?: number | bigint | null | undefined;
};

const columnOf =
  <T extends ColumnType>(type: T) =>
  (description: string, options: ColumnOptions = {}): Column<T> => ({ type, description, options });

/** A TEXT column: rows hold a string. */
export const text = columnOf('TEXT');
/** An INTEGER column of 32 bits: rows hold a number. */
export const integer = columnOf('INTEGER');
/** A BIGINT column of 64 bits: rows hold a number, or a bigint beyond 2^53. */
export const bigint = columnOf('BIGINT');
/** An UNSIGNED BIGINT column: rows hold a number, or a bigint beyond 2^53. SQLite keeps at most 2^63 - 1. */
export const unsignedBigint = columnOf('UNSIGNED BIGINT');
/** A DOUBLE column: rows hold a number. */
export const double = columnOf('DOUBLE');
/** A BLOB column: rows hold bytes. */
export const blob = columnOf('BLOB');
