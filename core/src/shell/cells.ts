/**
 * From result blocks to what the shell shows. A block is a MessagePack array of rows, each an array of values in column order; the
 * shell reads it by itself, because a double must stay apart from an integer and text must keep its bytes.
 * Format: https://github.com/msgpack/msgpack/blob/master/spec.md
 */
import { untilNul } from './bytes.ts';
import { doubleText } from './double.ts';

/** A value as the shell shows it: a byte string, or null for NULL. */
export type Cell = string | null;

class Reader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(block: Uint8Array) {
    this.#buffer = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  }

  get done(): boolean {
    return this.#at >= this.#buffer.length;
  }

  /** The length of an array. */
  array(): number {
    const type = this.#uint(1);
    if (type >= 0x90 && type <= 0x9f) return type & 0x0f;
    if (type === 0xdc) return this.#uint(2);
    if (type === 0xdd) return this.#uint(4);
    throw this.#unexpected('an array', type);
  }

  cell(): Cell {
    const type = this.#uint(1);
    if (type <= 0x7f) return String(type);
    if (type >= 0xe0) return String(type - 0x100);
    if (type >= 0xa0 && type <= 0xbf) return this.#text(type & 0x1f);
    return this.#longCell(type);
  }

  /** Whether the next value is a number that JSON can write; the value is read. */
  number(): boolean {
    const type = this.#buffer[this.#at] ?? 0;
    const numeric = type <= 0x7f || (type >= 0xca && type <= 0xd3) || type >= 0xe0;
    return /^-?\d/.test(this.cell() ?? '') && numeric;
  }

  #longCell(type: number): Cell {
    if (type === 0xc0) return null;
    if (type >= 0xc4 && type <= 0xc6) return this.#text(this.#uint(2 ** (type - 0xc4)));
    if (type >= 0xd9 && type <= 0xdb) return this.#text(this.#uint(2 ** (type - 0xd9)));
    if (type === 0xca) return doubleText(this.#take(4, at => this.#buffer.readFloatBE(at)));
    if (type === 0xcb) return doubleText(this.#take(8, at => this.#buffer.readDoubleBE(at)));
    if (type >= 0xcc && type <= 0xce) return String(this.#uint(2 ** (type - 0xcc)));
    if (type === 0xcf) return String(this.#take(8, at => this.#buffer.readBigUInt64BE(at)));
    if (type >= 0xd0 && type <= 0xd2) return String(this.#int(2 ** (type - 0xd0)));
    if (type === 0xd3) return String(this.#take(8, at => this.#buffer.readBigInt64BE(at)));
    throw this.#unexpected('a value', type);
  }

  #text(length: number): string {
    return untilNul(this.#take(length, at => this.#buffer.toString('latin1', at, at + length)));
  }

  #uint(size: number): number {
    return this.#take(size, at => this.#buffer.readUIntBE(at, size));
  }

  #int(size: number): number {
    return this.#take(size, at => this.#buffer.readIntBE(at, size));
  }

  #take<Value>(size: number, read: (at: number) => Value): Value {
    const at = this.#at;
    if (at + size > this.#buffer.length) throw new Error(`A result block ends at byte ${at}, inside a value.`);
    this.#at += size;
    return read(at);
  }

  #unexpected(expected: string, type: number): Error {
    return new Error(
      `A result block has the type 0x${type.toString(16)} at byte ${this.#at - 1}, where ${expected} belongs.`,
    );
  }
}

const readBlock = <Value>(block: Uint8Array, read: (reader: Reader) => Value): Value[][] => {
  const reader = new Reader(block);
  const rows: Value[][] = [];
  while (!reader.done) {
    for (let count = reader.array(); count > 0; count -= 1) {
      const row: Value[] = [];
      for (let columns = reader.array(); columns > 0; columns -= 1) row.push(read(reader));
      rows.push(row);
    }
  }
  return rows;
};

/** The rows of a block. @throws Error when it is no array of arrays of values */
export const rowsOfBlock = (block: Uint8Array): Cell[][] => readBlock(block, reader => reader.cell());

/** Which values of a block's rows are numbers that JSON can write; an infinite one is not. @throws Error as {@link rowsOfBlock} */
export const numbersOfBlock = (block: Uint8Array): boolean[][] => readBlock(block, reader => reader.number());
