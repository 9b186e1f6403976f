import { malformed, viewOf } from './encoding.ts';

/**
 * A block of stored rows: the number of rows, their hashes, where each row ends, then the rows (32-bit little-endian numbers). What
 * a differ needs stands at the front, so that a row is touched only when a row with its hash comes.
 */
export interface StateBlock {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly hashes: Uint32Array;
  /** Ends of rows, counted from {@link StateBlock.rows}. */
  readonly ends: Uint32Array;
  /** Where the first row begins. */
  readonly rows: number;
}

/** A row on its way into a block. */
export interface HashedRow {
  readonly hash: number;
  readonly bytes: Uint8Array;
}

/** Reads the front of a block. */
export function openBlock(bytes: Uint8Array): StateBlock {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  if (aligned.length < 4) throw malformed(0, 'a stored block is too short');
  const count = viewOf(aligned).getUint32(0, true);
  const rows = 4 + count * 8;
  if (rows > aligned.length) throw malformed(4, 'a stored block is too short');
  const hashes = new Uint32Array(aligned.buffer, aligned.byteOffset + 4, count);
  const ends = new Uint32Array(aligned.buffer, aligned.byteOffset + 4 + count * 4, count);
  if (rows + (ends[count - 1] ?? 0) !== aligned.length) throw malformed(rows, 'a stored block has another length');
  return { bytes: aligned, count, hashes, ends, rows };
}

/** The bytes of a block that holds these rows. */
export function packBlock(rows: readonly HashedRow[]): Uint8Array {
  const front = 4 + rows.length * 8;
  const length = rows.reduce((sum, row) => sum + row.bytes.length, front);
  const bytes = new Uint8Array(length);
  const view = viewOf(bytes);
  view.setUint32(0, rows.length, true);
  let at = front;
  rows.forEach((row, index) => {
    bytes.set(row.bytes, at);
    at += row.bytes.length;
    view.setUint32(4 + index * 4, row.hash, true);
    view.setUint32(4 + (rows.length + index) * 4, at - front, true);
  });
  return bytes;
}

/** One row of a block. */
export const rowOfBlock = (block: StateBlock, index: number): Uint8Array =>
  block.bytes.subarray(
    block.rows + (index === 0 ? 0 : (block.ends[index - 1] ?? 0)),
    block.rows + (block.ends[index] ?? 0),
  );
