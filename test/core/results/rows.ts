import { blockOf } from '../../../core/src/results/encoding.ts';
import { encodeText, rowHead } from '../../../core/src/results/normalise.ts';
import { RowPrinter } from '../../../core/src/results/row-printer.ts';

/** A cell of a test: integers are bigints, doubles are numbers. */
export type Cell = null | bigint | number | string | Uint8Array;

function integer(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(9);
  const head = (first: number, length: number): Uint8Array => {
    bytes[0] = first;
    return bytes.subarray(0, length);
  };
  if (value >= -32n && value < 128n) return Uint8Array.of(Number(value) & 0xff);
  if (value >= 0n) {
    if (value < 0x100n) return bytes.writeUInt8(Number(value), 1) && head(0xcc, 2);
    if (value < 0x10000n) return bytes.writeUInt16BE(Number(value), 1) && head(0xcd, 3);
    if (value < 0x100000000n) return bytes.writeUInt32BE(Number(value), 1) && head(0xce, 5);
    return bytes.writeBigUInt64BE(value, 1) && head(0xcf, 9);
  }
  if (value >= -0x80n) return bytes.writeInt8(Number(value), 1) && head(0xd0, 2);
  if (value >= -0x8000n) return bytes.writeInt16BE(Number(value), 1) && head(0xd1, 3);
  if (value >= -0x80000000n) return bytes.writeInt32BE(Number(value), 1) && head(0xd2, 5);
  return bytes.writeBigInt64BE(value, 1) && head(0xd3, 9);
}

function cell(value: Cell): Uint8Array {
  if (value === null) return Uint8Array.of(0xc0);
  if (typeof value === 'bigint') return integer(value);
  if (typeof value === 'string') return encodeText(Buffer.from(value));
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9, 0xcb);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  return Buffer.concat([Uint8Array.of(0xc4, value.length), value]);
}

/** One encoded row. */
export const encodeRow = (cells: readonly Cell[]): Uint8Array =>
  Buffer.concat([rowHead(cells.length), ...cells.map(cell)]);

/** A block as the engine makes it. */
export const encodeBlock = (rows: readonly (readonly Cell[])[]): Uint8Array => blockOf(rows.map(encodeRow));

/** The rows of a block as JSON, for comparing. */
export const printed = (columns: readonly string[], block: Uint8Array): string[] => [
  ...new RowPrinter(columns, { numerics: true, nullText: '', escapeControls: true }).rows(block),
];
