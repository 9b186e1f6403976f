/** Numbers of osquery's extension protocol that the IDL does not hold: they travel as decimal text or JSON. */

/** Bits of a column's `op` in its route row. */
export const columnOptions = {
  index: 1,
  required: 2,
  additional: 4,
  optimized: 8,
  hidden: 16,
  collateBinary: 32,
  collateNocase: 64,
  collateRtrim: 128,
  collateVersion: 256,
  collateVersionArch: 512,
  collateVersionDpkg: 1024,
  collateVersionRhel: 2048,
} as const;

/** Bits of a table's `attributes` route row. */
export const tableAttributes = {
  utility: 1,
  cacheable: 2,
  eventBased: 4,
  userBased: 8,
  kernelRequired: 16,
  pending: 32,
} as const;

/** The `op` of a constraint in a query context (SQLite's SQLITE_INDEX_CONSTRAINT_*). */
export const constraintOperators = {
  unique: 1,
  equals: 2,
  greaterThan: 4,
  lessThanOrEquals: 8,
  lessThan: 16,
  greaterThanOrEquals: 32,
  match: 64,
  like: 65,
  glob: 66,
  regexp: 67,
  notEquals: 68,
  isNot: 69,
  isNotNull: 70,
  isNull: 71,
  is: 72,
  limit: 73,
  offset: 74,
} as const;

/** The code of an extension status. */
export const ExtensionCode = { success: 0, failed: 1, fatal: 2 } as const;
