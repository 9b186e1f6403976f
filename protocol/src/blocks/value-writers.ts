/**
 * One writer for each type of a column: how a value goes into a block as MessagePack. Each writes at `at` and returns where the value
 * ends. The way that nearly every value of the type takes comes first, and what is rare is left to a function of its own.
 */
import type { BlockSpace } from './block-space.ts';
import { type ColumnTypeCode, columnTypeCodes } from './values.ts';

/** Writes one value. */
export type ValueWriter = (space: BlockSpace, at: number, value: unknown) => number;

/** Longest text for which a loop is quicker than a call into the runtime. */
const loopLimit = 8;
/** From this length on a text is measured before it is written; a shorter one is given three bytes for each of its units. */
const measuredLength = 4096;
const maxInt64 = 0x7fff_ffff_ffff_ffffn;
const minInt64 = -0x8000_0000_0000_0000n;

const writeNull = ({ buffer }: BlockSpace, at: number): number => {
  buffer[at] = 0xc0;
  return at + 1;
};

/** A length in 1, 2 or 4 bytes behind its tag. */
const writeLength = ({ buffer, view }: BlockSpace, at: number, tag: number, length: number, size: number): void => {
  buffer[at] = tag;
  if (size === 1) buffer[at + 1] = length;
  else if (size === 2) view.setUint16(at + 1, length);
  else view.setUint32(at + 1, length);
};

/** Bytes of the header of a text, its tag included. */
const textHeaderSize = (bytes: number): number => (bytes < 32 ? 1 : bytes < 256 ? 2 : bytes < 65_536 ? 3 : 5);

const writeTextHeader = (space: BlockSpace, at: number, size: number, bytes: number): void => {
  if (size === 1) space.buffer[at] = 0xa0 | bytes;
  else if (size === 2) writeLength(space, at, 0xd9, bytes, 1);
  else if (size === 3) writeLength(space, at, 0xda, bytes, 2);
  else writeLength(space, at, 0xdb, bytes, 4);
};

const writeUtf8 = (space: BlockSpace, at: number, text: string): number => {
  const room = text.length < measuredLength ? text.length * 3 : Buffer.byteLength(text);
  if (at + room + 5 > space.limit) space.reserve(at, room + 5);
  const { buffer } = space;
  const guess = textHeaderSize(text.length);
  const bytes = buffer.utf8Write(text, at + guess, room);
  const size = textHeaderSize(bytes);
  if (size !== guess) buffer.copyWithin(at + size, at + guess, at + guess + bytes);
  writeTextHeader(space, at, size, bytes);
  return at + size + bytes;
};

const writeBytes = (space: BlockSpace, at: number, bytes: Uint8Array): number => {
  const { length } = bytes;
  space.reserve(at, length + 5);
  const size = length < 256 ? 1 : length < 65_536 ? 2 : 4;
  writeLength(space, at, size === 1 ? 0xc4 : size === 2 ? 0xc5 : 0xc6, length, size);
  space.buffer.set(bytes, at + 1 + size);
  return at + 1 + size + length;
};

const writeBigint = (space: BlockSpace, at: number, value: bigint): number => {
  if (value > maxInt64 || value < minInt64) return writeNull(space, at);
  space.buffer[at] = 0xd3;
  space.view.setBigInt64(at + 1, value);
  return at + 9;
};

/** A number that is no integer of 32 bits is cut to an integer of 64, or NULL. */
const writeWhole = (space: BlockSpace, at: number, value: number): number => {
  const whole = Math.trunc(value);
  if (!Number.isSafeInteger(whole))
    return Number.isFinite(whole) ? writeBigint(space, at, BigInt(whole)) : writeNull(space, at);
  space.buffer[at] = 0xd3;
  space.view.setInt32(at + 1, Math.floor(whole / 0x1_0000_0000));
  space.view.setUint32(at + 5, whole);
  return at + 9;
};

const rareText: ValueWriter = (space, at, value) => {
  if (value === null) return writeNull(space, at);
  if (value === undefined) return writeUtf8(space, at, '');
  if (value instanceof Uint8Array) return writeBytes(space, at, value);
  return writeUtf8(space, at, typeof value === 'boolean' ? String(Number(value)) : String(value));
};

const writeText: ValueWriter = (space, at, value) => {
  if (typeof value !== 'string') return rareText(space, at, value);
  const { length } = value;
  if (length > loopLimit) return writeUtf8(space, at, value);
  const { buffer } = space;
  for (let index = 0; index < length; index++) {
    const code = value.charCodeAt(index);
    if (code > 127) return writeUtf8(space, at, value);
    buffer[at + 1 + index] = code;
  }
  buffer[at] = 0xa0 | length;
  return at + 1 + length;
};

const rareInteger: ValueWriter = (space, at, value) => {
  if (typeof value === 'number') return writeWhole(space, at, value);
  if (typeof value === 'bigint') return writeBigint(space, at, value);
  if (typeof value === 'boolean') return writeInteger(space, at, Number(value));
  if (value instanceof Uint8Array) return writeBytes(space, at, value);
  const digits = typeof value === 'string' ? /^\s*([+-]?\d+)/.exec(value)?.[1] : undefined;
  return digits === undefined ? writeNull(space, at) : writeBigint(space, at, BigInt(digits));
};

const writeInteger: ValueWriter = (space, at, value) => {
  if (typeof value !== 'number' || (value | 0) !== value) return rareInteger(space, at, value);
  const integer = value | 0;
  if (integer >= -32 && integer < 128) {
    space.buffer[at] = integer;
    return at + 1;
  }
  space.buffer[at] = 0xd2;
  space.view.setInt32(at + 1, integer);
  return at + 5;
};

const rareReal: ValueWriter = (space, at, value) => {
  if (typeof value === 'bigint' || typeof value === 'boolean') return writeReal(space, at, Number(value));
  if (value instanceof Uint8Array) return writeBytes(space, at, value);
  if (typeof value !== 'string' || value.trim() === '') return writeNull(space, at);
  return writeReal(space, at, Number(value));
};

const writeReal: ValueWriter = (space, at, value) => {
  if (typeof value !== 'number') return rareReal(space, at, value);
  space.buffer[at] = 0xcb;
  space.view.setFloat64(at + 1, value);
  return at + 9;
};

/** The writer for values of a column. */
export const valueWriter = (type: ColumnTypeCode): ValueWriter => {
  if (type === columnTypeCodes.TEXT || type === columnTypeCodes.BLOB) return writeText;
  return type === columnTypeCodes.DOUBLE ? writeReal : writeInteger;
};
