import { type FieldReader, fastReader, firstReader, type WriterRow } from './field-reader.ts';
import { type NativeType, nativeTypes } from './native.ts';

/** A column as the writer needs it: its name is the key of the row, its type decides how a value is written. */
export interface WriterColumn {
  readonly name: string;
  readonly type: NativeType;
}

/** A block is full from this many bytes on … */
const blockBytes = 64 * 1024;
/** … or this many rows. */
const blockRows = 1024;
/** Room for one row without another look at the size of the buffer, strings apart. */
const slack = 16 * 1024;
/** A scan whose block has so many rows is worth a reader of its own. */
const longScanRows = 256;
const headerBytes = 5;

/** The quick method behind Buffer.write; the typings leave it out. */
interface FastBuffer extends Buffer {
  utf8Write(text: string, offset: number, length: number): number;
}
const newBuffer = (size: number): FastBuffer => Buffer.allocUnsafeSlow(size) as FastBuffer;

const maxInt64 = 0x7fff_ffff_ffff_ffffn;
const minInt64 = -0x8000_0000_0000_0000n;

/** Buffers between two scans; a join opens a cursor for each outer row. */
const spare: FastBuffer[] = [];
const spareLimit = 8;

const isText = (type: NativeType): boolean => type === nativeTypes.TEXT || type === nativeTypes.BLOB;

/** The columns of a used mask as the native module gives it, ascending. */
export const usedColumns = (usedLow: number, usedHigh: number, columnCount: number): number[] => {
  const used: number[] = [];
  for (let column = 0; column < columnCount; column++) {
    const bit = Math.min(column, 63);
    if (((bit < 32 ? usedLow : usedHigh) >>> (bit & 31)) & 1) used.push(column);
  }
  return used;
};

/** What a value becomes that does not suit its column: as osquery converts the text of such a value. */
const convert = (value: unknown, type: NativeType): unknown => {
  if (isText(type)) return typeof value === 'boolean' ? String(Number(value)) : String(value);
  if (typeof value !== 'string') return null;
  if (type === nativeTypes.DOUBLE) return value.trim() === '' ? null : Number(value);
  const digits = /^\s*([+-]?\d+)/.exec(value)?.[1];
  return digits === undefined ? null : BigInt(digits);
};

/** Longest text for which a loop is quicker than a call into the runtime. */
const loopLimit = 8;
/** Longest text that {@link writeText} takes. */
const textLimit = 1024;
const real = new Float64Array(1);
const realBytes = new Uint8Array(real.buffer);

/** Writes the header of a text of so many bytes, in the space of `size` bytes. */
const writeTextHeader = (buffer: Uint8Array, at: number, size: number, bytes: number): void => {
  if (size === 1) {
    buffer[at] = 0xa0 | bytes;
  } else if (size === 2) {
    buffer[at] = 0xd9;
    buffer[at + 1] = bytes;
  } else {
    buffer[at] = size === 3 ? 0xda : 0xdb;
    for (let index = 1; index < size; index++) buffer[at + index] = bytes / 2 ** (8 * (size - 1 - index));
  }
};

const textHeaderSize = (bytes: number): number => (bytes < 32 ? 1 : bytes < 256 ? 2 : bytes < 65_536 ? 3 : 5);

/** Writes a text; the buffer has the room. Returns where it ends. */
const writeUtf8 = (buffer: FastBuffer, at: number, text: string): number => {
  const guess = textHeaderSize(text.length);
  const bytes = buffer.utf8Write(text, at + guess, text.length * 3);
  const size = textHeaderSize(bytes);
  if (size !== guess) buffer.copyWithin(at + size, at + guess, at + guess + bytes);
  writeTextHeader(buffer, at, size, bytes);
  return at + size + bytes;
};

/** Writes a text that is not too long. Returns where it ends, or -1. */
const writeText = (buffer: FastBuffer, start: number, text: string): number => {
  const length = text.length;
  if (length > textLimit || start + slack > buffer.length) return -1;
  if (length > loopLimit) return writeUtf8(buffer, start, text);
  let at = start + 1;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 127) return writeUtf8(buffer, start, text);
    buffer[at++] = code;
  }
  buffer[start] = 0xa0 | length;
  return at;
};

/** Writes a real, or an integer of 32 bits. Returns where it ends, or -1. */
const writeNumber = (buffer: Uint8Array, at: number, value: number, type: NativeType): number => {
  if (at + 9 > buffer.length) return -1;
  if (type === nativeTypes.DOUBLE) {
    buffer[at] = 0xcb;
    real[0] = value;
    for (let index = 0; index < 8; index++) buffer[at + 1 + index] = realBytes[7 - index] as number;
    return at + 9;
  }
  const integer = value | 0;
  if (integer !== value) return -1;
  if (integer >= -32 && integer < 128) {
    buffer[at] = integer;
    return at + 1;
  }
  buffer[at] = 0xd2;
  buffer[at + 1] = integer >> 24;
  buffer[at + 2] = integer >> 16;
  buffer[at + 3] = integer >> 8;
  buffer[at + 4] = integer;
  return at + 5;
};

/** The two ways that nearly every value goes. Returns where it ends, or -1 for what they do not handle. */
const writeQuickly = (buffer: FastBuffer, at: number, value: unknown, type: NativeType): number => {
  if (typeof value === 'string') return type === nativeTypes.TEXT ? writeText(buffer, at, value) : -1;
  return typeof value === 'number' && type !== nativeTypes.TEXT ? writeNumber(buffer, at, value, type) : -1;
};

/**
 * Writes rows of a table into MessagePack blocks as the native module reads them: an array of arrays, only the used columns.
 *
 * Values by type of the column: TEXT and BLOB take strings (UTF-8) and bytes as they are, and the text of anything else; integer
 * types take numbers (cut to an integer), bigints and booleans; DOUBLE writes every number as a real. NaN, infinities in integer
 * columns and integers beyond 64 bits are NULL. `null` is NULL; a key that a row does not have is, as in osquery, the empty string
 * in TEXT and BLOB columns and NULL in all others.
 */
export class BlockWriter {
  /** Rows in the block so far. */
  rows = 0;
  readonly #names: string[];
  readonly #types: NativeType[];
  readonly #rowIdKey: string | undefined;
  readonly #values: unknown[];
  #read: FieldReader;
  #longScan = false;
  #buffer: FastBuffer;
  #position = headerBytes;

  /**
   * @param columns all columns of the table
   * @param used numbers of the columns to write, ascending
   * @param rowIdKey for a writable table: the key of the row under which its row id stands
   */
  constructor(columns: readonly WriterColumn[], used: readonly number[], rowIdKey?: string) {
    const written = used.flatMap(index => columns[index] ?? []);
    this.#names = written.map(column => column.name);
    this.#types = written.map(column => column.type);
    this.#rowIdKey = rowIdKey;
    this.#values = new Array(written.length).fill(undefined);
    this.#read = firstReader(this.#names);
    this.#buffer = spare.pop() ?? newBuffer(blockBytes + 2 * slack);
  }

  /** Whether the block should be taken now. */
  get full(): boolean {
    return this.rows >= blockRows || this.#position >= blockBytes;
  }

  /** Adds a row. Returns whether the block has room for more. */
  add(row: WriterRow): boolean {
    const types = this.#types;
    const values = this.#values;
    const count = types.length;
    this.#read(row, values);
    this.#reserve(slack);
    this.#arrayHeader(this.#rowIdKey === undefined ? count : count + 1);
    let buffer = this.#buffer;
    let at = this.#position;
    for (let index = 0; index < count; index++) {
      const value = values[index];
      const type = types[index] as NativeType;
      const end = writeQuickly(buffer, at, value, type);
      if (end >= 0) {
        at = end;
        continue;
      }
      this.#position = at;
      this.#other(value, type);
      buffer = this.#buffer;
      at = this.#position;
    }
    this.#position = at;
    if (this.#rowIdKey !== undefined) this.#other(row[this.#rowIdKey], nativeTypes.BIGINT);
    this.rows++;
    return this.rows < blockRows && this.#position < blockBytes;
  }

  /** The block with the rows added since the last; valid until the next row is added. */
  take(): Uint8Array {
    const buffer = this.#buffer;
    buffer[0] = 0xdd;
    buffer.writeUInt32BE(this.rows, 1);
    const block = buffer.subarray(0, this.#position);
    if (!this.#longScan && this.rows >= longScanRows) {
      this.#longScan = true;
      this.#read = fastReader(this.#names);
    }
    this.rows = 0;
    this.#position = headerBytes;
    return block;
  }

  /** Gives the buffer back. The writer and its last block must not be used any more. */
  release(): void {
    if (spare.length < spareLimit && this.#buffer.length === blockBytes + 2 * slack) spare.push(this.#buffer);
    this.#buffer = newBuffer(0);
  }

  #reserve(room: number): void {
    const needed = this.#position + room;
    if (needed <= this.#buffer.length) return;
    const larger = newBuffer(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#position);
    this.#buffer = larger;
  }

  #arrayHeader(count: number): void {
    const buffer = this.#buffer;
    if (count < 16) {
      buffer[this.#position++] = 0x90 | count;
      return;
    }
    buffer[this.#position] = 0xdc;
    buffer[this.#position + 1] = count >> 8;
    buffer[this.#position + 2] = count;
    this.#position += 3;
  }

  #string(text: string): void {
    this.#reserve(text.length * 3 + 5 + slack);
    this.#position = writeUtf8(this.#buffer, this.#position, text);
  }

  /** Tag for 8 bits of length; those for 16 and 32 follow it. */
  #lengthHeader(tag: number, length: number): void {
    const buffer = this.#buffer;
    const at = this.#position;
    if (length < 256) {
      buffer[at] = tag;
      buffer[at + 1] = length;
      this.#position = at + 2;
    } else if (length < 65_536) {
      buffer[at] = tag + 1;
      this.#position = buffer.writeUInt16BE(length, at + 1);
    } else {
      buffer[at] = tag + 2;
      this.#position = buffer.writeUInt32BE(length, at + 1);
    }
  }

  #number(value: number, type: NativeType): void {
    const end = writeNumber(this.#buffer, this.#position, value, type);
    if (end >= 0) {
      this.#position = end;
      return;
    }
    const whole = Math.trunc(value);
    if (Number.isSafeInteger(whole)) this.#safeInteger(whole);
    else this.#bigint(Number.isFinite(whole) ? BigInt(whole) : undefined);
  }

  #safeInteger(value: number): void {
    const buffer = this.#buffer;
    buffer[this.#position] = 0xd3;
    buffer.writeInt32BE(Math.floor(value / 0x1_0000_0000), this.#position + 1);
    this.#position = buffer.writeUInt32BE(value >>> 0, this.#position + 5);
  }

  #bigint(value: bigint | undefined): void {
    if (value === undefined || value > maxInt64 || value < minInt64) {
      this.#buffer[this.#position++] = 0xc0;
      return;
    }
    this.#buffer[this.#position] = 0xd3;
    this.#position = this.#buffer.writeBigInt64BE(value, this.#position + 1);
  }

  #bytes(value: Uint8Array): void {
    this.#reserve(value.length + 5 + slack);
    this.#lengthHeader(0xc4, value.length);
    this.#buffer.set(value, this.#position);
    this.#position += value.length;
  }

  #other(value: unknown, type: NativeType): void {
    this.#reserve(16);
    if (value === null) this.#buffer[this.#position++] = 0xc0;
    else if (value === undefined) this.#buffer[this.#position++] = isText(type) ? 0xa0 : 0xc0;
    else if (value instanceof Uint8Array) this.#bytes(value);
    else if (isText(type)) this.#string(typeof value === 'string' ? value : String(convert(value, type)));
    else if (typeof value === 'number') this.#number(value, type);
    else if (typeof value === 'bigint' && type === nativeTypes.DOUBLE) this.#number(Number(value), type);
    else if (typeof value === 'bigint') this.#bigint(value);
    else if (typeof value === 'boolean') this.#number(Number(value), type);
    else this.#other(convert(value, type), type);
  }
}
