import { type NativeType, nativeTypes } from './native.ts';

/** A column as the writer needs it: its name is the key of the row, its type decides how a value is written. */
export interface WriterColumn {
  readonly name: string;
  readonly type: NativeType;
}

/** A row as a generator yields it. */
export type WriterRow = Readonly<Record<string, unknown>>;

/** A block is full from this many bytes on … */
const blockBytes = 64 * 1024;
/** … or this many rows. */
const blockRows = 1024;
/** Room for one row without another look at the size of the buffer, strings apart. */
const slack = 16 * 1024;
const headerBytes = 5;
const maxInt64 = 0x7fff_ffff_ffff_ffffn;
const minInt64 = -0x8000_0000_0000_0000n;

/** Buffers between two scans; a join opens a cursor for each outer row. */
const spare: Buffer[] = [];
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
  #buffer: Buffer;
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
    this.#buffer = spare.pop() ?? Buffer.allocUnsafeSlow(blockBytes + 2 * slack);
  }

  /** Whether the block should be taken now. */
  get full(): boolean {
    return this.rows >= blockRows || this.#position >= blockBytes;
  }

  /** Adds a row. Returns whether the block has room for more. */
  add(row: WriterRow): boolean {
    const names = this.#names;
    const count = names.length;
    this.#reserve(slack + count * 9);
    this.#arrayHeader(this.#rowIdKey === undefined ? count : count + 1);
    for (let index = 0; index < count; index++) {
      const value = row[names[index] as string];
      const type = this.#types[index] as NativeType;
      if (typeof value === 'string' && type !== nativeTypes.DOUBLE && (type === nativeTypes.TEXT || isText(type))) {
        this.#string(value);
      } else if (typeof value === 'number' && type !== nativeTypes.TEXT && type !== nativeTypes.BLOB) {
        this.#number(value, type);
      } else {
        this.#other(value, type);
      }
    }
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
    this.rows = 0;
    this.#position = headerBytes;
    return block;
  }

  /** Gives the buffer back. The writer and its last block must not be used any more. */
  release(): void {
    if (spare.length < spareLimit && this.#buffer.length === blockBytes + 2 * slack) spare.push(this.#buffer);
    this.#buffer = Buffer.alloc(0);
  }

  #reserve(room: number): void {
    const needed = this.#position + room;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
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
    const length = text.length;
    if (length >= 32) {
      this.#longString(text);
      return;
    }
    this.#reserve(128);
    const buffer = this.#buffer;
    let at = this.#position + 1;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) {
        this.#longString(text);
        return;
      }
      buffer[at++] = code;
    }
    buffer[this.#position] = 0xa0 | length;
    this.#position = at;
  }

  #longString(text: string): void {
    this.#reserve(text.length * 3 + 5 + slack);
    const buffer = this.#buffer;
    const start = this.#position;
    const bytes = buffer.write(text, start + 5, 'utf8');
    const header = bytes < 256 ? 2 : bytes < 65_536 ? 3 : 5;
    if (header < 5) buffer.copyWithin(start + header, start + 5, start + 5 + bytes);
    this.#lengthHeader(0xd9, bytes);
    this.#position = start + header + bytes;
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
    if (type === nativeTypes.DOUBLE) {
      this.#double(value);
    } else if ((value | 0) === value) {
      this.#int32(value | 0);
    } else {
      const whole = Math.trunc(value);
      if (Number.isSafeInteger(whole)) this.#safeInteger(whole);
      else this.#bigint(Number.isFinite(whole) ? BigInt(whole) : undefined);
    }
  }

  #int32(value: number): void {
    const buffer = this.#buffer;
    const at = this.#position;
    if (value >= -32 && value < 128) {
      buffer[at] = value;
      this.#position = at + 1;
      return;
    }
    buffer[at] = 0xd2;
    buffer[at + 1] = value >> 24;
    buffer[at + 2] = value >> 16;
    buffer[at + 3] = value >> 8;
    buffer[at + 4] = value;
    this.#position = at + 5;
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

  #double(value: number): void {
    this.#buffer[this.#position] = 0xcb;
    this.#position = this.#buffer.writeDoubleBE(value, this.#position + 1);
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
    else if (typeof value === 'bigint' && type === nativeTypes.DOUBLE) this.#double(Number(value));
    else if (typeof value === 'bigint') this.#bigint(value);
    else if (typeof value === 'boolean') this.#number(Number(value), type);
    else this.#other(convert(value, type), type);
  }
}
