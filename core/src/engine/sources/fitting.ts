import { columnOptions } from '@outpost/protocol';
import type { TableSchema } from '@outpost/sdk';
import type { SqlValue } from '../native.ts';
import { sqlFailure, sqliteCodes } from './source.ts';

const integerTypes: readonly string[] = ['INTEGER', 'BIGINT', 'UNSIGNED BIGINT'];

/** Whether a written value, which is not NULL, suits a column: no conversion takes place. */
const suits = (value: SqlValue, type: string): boolean => {
  if (typeof value === 'bigint') return integerTypes.includes(type);
  if (typeof value === 'number') return type === 'DOUBLE';
  return typeof value === 'string' ? type === 'TEXT' : type === 'BLOB';
};

/** Where osquery takes NULL: in any column but one whose options are exactly INDEX or REQUIRED. A column without options may be as good as an index. */
export const osqueryTakesNull =
  (defaultIndex: boolean) =>
  (options: number): boolean => {
    const effective = options === 0 && defaultIndex ? columnOptions.index : options;
    return effective !== columnOptions.index && effective !== columnOptions.required;
  };

/**
 * Checks that a row may be written to the table of an extension.
 *
 * @param values the columns of the table, and after them the aliases of columns, to which nothing may be written
 * @param takesNull whether a column with these options takes NULL
 * @throws Error SQLite's `datatype mismatch`
 */
export const checkFitting = (
  { columns }: TableSchema,
  values: readonly SqlValue[],
  takesNull: (options: number) => boolean,
): void => {
  const misfit = columns.some(({ type, options }, index) => {
    const value = values[index] ?? null;
    return value === null ? !takesNull(options) : !suits(value, type);
  });
  const toAlias = values.slice(columns.length).some(value => value !== null);
  if (misfit || toAlias) throw sqlFailure('datatype mismatch', sqliteCodes.mismatch);
};

/** A row whose integers are reals where the column is of reals. */
export const withReals = ({ columns }: TableSchema, values: readonly SqlValue[]): SqlValue[] =>
  values.map((value, index) =>
    typeof value === 'bigint' && columns[index]?.type === 'DOUBLE' ? Number(value) : value,
  );
