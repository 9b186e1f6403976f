// Rows of results as texts that tell values and their types apart, so that 1 and 1.0, or text and bytes, are never taken for equal.
import type { Value } from './random-queries-schema.ts';

const real = (value: number): string => `r${value === 0 ? 0 : value}`;

/** A value that better-sqlite3 read with safe integers: those are bigint, reals are number. */
const plainValue = (value: Value): string => {
  if (value === null) return 'n';
  if (typeof value === 'bigint') return `i${value}`;
  if (typeof value === 'number') return real(value);
  return typeof value === 'string' ? `t${value}` : `b${Buffer.from(value).toString('hex')}`;
};

/** A row that better-sqlite3 read. */
export const plainRow = (values: readonly Value[]): string => values.map(plainValue).join('\u0001');

/** Reads a block of the engine's results on its own, by the MessagePack specification. */
class BlockReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(block: Uint8Array) {
    this.#bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  }

  get ended(): boolean {
    return this.#at === this.#bytes.length;
  }

  array(): number {
    const tag = this.#unsigned(1);
    if (tag >= 0x90 && tag <= 0x9f) return tag - 0x90;
    if (tag === 0xdc || tag === 0xdd) return this.#unsigned(tag === 0xdc ? 2 : 4);
    throw new Error(`There is no array, but the tag ${tag}.`);
  }

  value(): string {
    const tag = this.#unsigned(1);
    if (tag < 0x80) return `i${tag}`;
    if (tag >= 0xe0) return `i${tag - 0x100}`;
    if (tag >= 0xa0 && tag < 0xc0) return this.#text(tag - 0xa0);
    if (tag === 0xc0) return 'n';
    if (tag >= 0xc4 && tag <= 0xc6) return `b${this.#take(this.#unsigned(2 ** (tag - 0xc4))).toString('hex')}`;
    if (tag === 0xcb) return real(this.#take(8).readDoubleBE());
    if (tag >= 0xcc && tag <= 0xce) return `i${this.#unsigned(2 ** (tag - 0xcc))}`;
    if (tag === 0xcf) return `i${this.#take(8).readBigUInt64BE()}`;
    if (tag >= 0xd0 && tag <= 0xd2) return this.#signed(2 ** (tag - 0xd0));
    if (tag === 0xd3) return `i${this.#take(8).readBigInt64BE()}`;
    if (tag >= 0xd9 && tag <= 0xdb) return this.#text(this.#unsigned(2 ** (tag - 0xd9)));
    throw new Error(`There is no value, but the tag ${tag}.`);
  }

  #take(size: number): Buffer {
    this.#at += size;
    if (this.#at > this.#bytes.length) throw new Error('The block is cut off.');
    return this.#bytes.subarray(this.#at - size, this.#at);
  }

  #unsigned(size: number): number {
    return this.#take(size).readUIntBE(0, size);
  }

  #signed(size: number): string {
    return `i${this.#take(size).readIntBE(0, size)}`;
  }

  #text(length: number): string {
    return `t${this.#take(length).toString('utf8')}`;
  }
}

/** The rows of the engine's result blocks. */
export const engineRows = (blocks: readonly Uint8Array[]): string[] =>
  blocks.flatMap(block => {
    const reader = new BlockReader(block);
    const rows = Array.from({ length: reader.array() }, () =>
      Array.from({ length: reader.array() }, () => reader.value()).join('\u0001'),
    );
    if (!reader.ended) throw new Error('The block goes on after its rows.');
    return rows;
  });
