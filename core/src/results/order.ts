import { sortedColumns } from './columns.ts';
import { valueType } from './encoding.ts';
import { escapeText } from './escape.ts';
import { RowReader } from './row-reader.ts';

type Comparable = number | bigint | Buffer;

/**
 * Sorts encoded rows as osquery orders removed ones: column by column in the byte order of their names, integers before doubles
 * before texts, numbers by value, texts by the bytes that are logged.
 */
export function sortRows(rows: readonly Uint8Array[], columns: readonly string[]): Uint8Array[] {
  if (rows.length < 2) return [...rows];
  const order = sortedColumns(columns);
  const keyed = rows.map(row => ({ row, key: sortKey(row, columns.length, order) }));
  keyed.sort((left, right) => compareKeys(left.key, right.key));
  return keyed.map(({ row }) => row);
}

function sortKey(row: Uint8Array, columns: number, order: readonly number[]): readonly Comparable[] {
  const reader = new RowReader(row, columns);
  reader.next(0);
  return order.flatMap<Comparable>(column => {
    const type = reader.type(column);
    if (type === valueType.integer) return [type, reader.integer(column)];
    if (type === valueType.double) return [type, reader.double(column)];
    return [valueType.text, Buffer.from(escapeText(reader.content(column)))];
  });
}

function compareKeys(left: readonly Comparable[], right: readonly Comparable[]): number {
  for (let i = 0; i < left.length; i++) {
    const a = left[i] ?? 0;
    const b = right[i] ?? 0;
    // Two keys agree up to here, types included, so that both are numbers or both are texts.
    const order =
      a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) : a < b ? -1 : a > b ? 1 : 0;
    if (order !== 0) return order;
  }
  return 0;
}
