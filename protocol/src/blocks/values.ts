/** A value as SQLite knows it. Integers beyond 2^53 are bigints. */
export type SqlValue = string | number | bigint | Uint8Array | null;

/** Codes of the types of columns. A value of an unknown type is NULL. */
export const columnTypeCodes = {
  UNKNOWN: 0,
  TEXT: 1,
  INTEGER: 2,
  BIGINT: 3,
  'UNSIGNED BIGINT': 4,
  DOUBLE: 5,
  BLOB: 6,
} as const;

/** One of {@link columnTypeCodes}. */
export type ColumnTypeCode = (typeof columnTypeCodes)[keyof typeof columnTypeCodes];
