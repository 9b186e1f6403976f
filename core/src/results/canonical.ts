import { valueType } from './encoding.ts';
import { encodeText, rowHead } from './normalise.ts';
import type { RowReader } from './row-reader.ts';

/** The part of a text before its first NUL byte: osquery's texts end there. */
export function cutAtNul(content: Uint8Array): Uint8Array {
  const end = content.indexOf(0);
  return end < 0 ? content : content.subarray(0, end);
}

/**
 * Encodes the row that the reader stands on in the form in which rows are stored and compared: NULL as its text, blobs as texts,
 * texts cut at their first NUL, only the columns of `order`, in that order.
 */
export function canonicalRow(reader: RowReader, order: readonly number[], nullText: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [rowHead(order.length)];
  for (const column of order) {
    const type = reader.type(column);
    if (type === valueType.nil) parts.push(encodeText(nullText));
    else if (type === valueType.integer || type === valueType.double) parts.push(reader.raw(column));
    else parts.push(encodeText(cutAtNul(reader.content(column))));
  }
  return Buffer.concat(parts);
}
