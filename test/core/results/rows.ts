import { blockOf } from '../../../core/src/results/encoding.ts';
import { encodeText, rowHead } from '../../../core/src/results/normalise.ts';
import { RowPrinter } from '../../../core/src/results/row-printer.ts';

/** A cell of a test: integers are bigints, doubles are numbers. */
export type Cell = null | bigint | number | string | Uint8Array;

/** The forms of integers beyond one byte: first byte, length of the number, whether it has a sign, values. */
const integerForms = [
  [0xcc, 1, false],
  [0xcd, 2, false],
  [0xce, 4, false],
  [0xcf, 8, false],
  [0xd0, 1, true],
  [0xd1, 2, true],
  [0xd2, 4, true],
  [0xd3, 8, true],
] as const;

function integer(value: bigint): Uint8Array {
  if (value >= -32n && value < 128n) return Uint8Array.of(Number(value) & 0xff);
  const form = integerForms.find(([, size, signed]) => {
    const bits = BigInt(size * 8);
    return signed === value < 0n && value >= -(1n << (bits - 1n)) && value < 1n << bits;
  });
  const [first, size] = form ?? [0xcf, 8];
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value));
  return Buffer.concat([Uint8Array.of(first), bytes.subarray(8 - size)]);
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
