import { arrayHead, blockOf, tag } from '../results/encoding.ts';
import { rowHead } from '../results/normalise.ts';
import { RowReader } from '../results/row-reader.ts';

const nil = Uint8Array.of(tag.nil);

/**
 * Brings rows of one statement into the columns of another, so that the rows of both make one result: by name, NULL where the
 * statement has no such column, and of several columns of one name the last.
 */
export const alignBlocks = (
  blocks: readonly Uint8Array[],
  from: readonly string[],
  to: readonly string[],
): Uint8Array[] => {
  const order = to.map(name => from.lastIndexOf(name));
  const head = rowHead(to.length);
  const reader = new RowReader(new Uint8Array(), from.length);
  return blocks.map(block => {
    const { count, next } = arrayHead(block, 0);
    reader.open(block);
    const rows = Array.from({ length: count }, (_, row) => {
      reader.next(row === 0 ? next : reader.end);
      return Buffer.concat([head, ...order.map(column => (column < 0 ? nil : reader.raw(column)))]);
    });
    return blockOf(rows);
  });
};
