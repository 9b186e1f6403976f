import { decodeRows, type PluginRow, readRows } from '@outpost/protocol';
import type { QueryResult } from './engine.ts';
import type { SqlValue } from './native.ts';

/** The rows of a result in MessagePack, one after the other. Integers beyond 2^53 are bigint. */
export function* rowsOf({
  columns,
  blocks,
}: Pick<QueryResult, 'columns' | 'blocks'>): Generator<Record<string, SqlValue>> {
  for (const block of blocks)
    for (const values of readRows(block))
      yield Object.fromEntries(columns.map(({ name }, index) => [name, values[index] ?? null]));
}

/** The rows of a result in Thrift as one `list<map<string,string>>`. */
export const rowsBytes = ({ blocks, rowCount }: Pick<QueryResult, 'blocks' | 'rowCount'>): Uint8Array => {
  const header = Buffer.alloc(5);
  header[0] = 13; // the type code of maps
  header.writeInt32BE(rowCount, 1);
  return Buffer.concat([header, ...blocks]);
};

/** The rows of a result in Thrift as pairs of column and text, in select order. */
export const rowsAsPairs = (
  result: Pick<QueryResult, 'columns' | 'blocks' | 'rowCount'>,
): (readonly [column: string, value: string])[][] => {
  const names = [...new Set(result.columns.map(({ name }) => name))];
  return decodeRows(rowsBytes(result)).map(row => [
    ...names.filter(name => name in row).map(name => [name, row[name] ?? ''] as const),
    ...Object.entries(row).filter(([name]) => !names.includes(name)),
  ]);
};

/** The rows of a result in Thrift as text by column: what decorators are given. */
export const rowsAsText = (result: Pick<QueryResult, 'columns' | 'blocks' | 'rowCount'>): PluginRow[] =>
  rowsAsPairs(result).map(Object.fromEntries);
