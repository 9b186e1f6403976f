import { sameBytes } from './row-hash.ts';
import { type HashedRow, openBlock, rowOfBlock, type StateBlock } from './state-block.ts';

/**
 * The rows of an old state, each of which can be taken once by an equal row: a multiset, chained by hash. Equal rows stand next to
 * each other in a chain, so that many copies cost no more than many rows.
 */
export class Matcher {
  readonly #blocks: readonly (StateBlock | undefined)[];
  readonly #hashes: Uint32Array;
  readonly #buckets: Uint16Array;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #next: Int32Array;
  readonly #taken: Uint8Array;
  readonly #heads: Int32Array;
  readonly #mask: number;
  /** The first row of each block. */
  readonly #firsts: number[] = [];
  /** How many rows nobody took. */
  left: number;

  constructor(blocks: readonly (Uint8Array | undefined)[]) {
    this.#blocks = Array.from(blocks, bytes => (bytes === undefined ? undefined : openBlock(bytes)));
    const count = this.#blocks.reduce((sum, block) => sum + (block?.count ?? 0), 0);
    this.left = count;
    this.#hashes = new Uint32Array(count);
    this.#buckets = new Uint16Array(count);
    this.#starts = new Uint32Array(count);
    this.#ends = new Uint32Array(count);
    this.#next = new Int32Array(count);
    this.#taken = new Uint8Array(count);
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, count * 2)));
    this.#heads = new Int32Array(size).fill(-1);
    this.#mask = size - 1;
    let row = 0;
    this.#blocks.forEach((block, bucket) => {
      this.#firsts.push(row);
      if (block !== undefined) row = this.#add(block, bucket, row);
    });
  }

  #add(block: StateBlock, bucket: number, first: number): number {
    let row = first;
    let start = block.rows;
    for (let index = 0; index < block.count; index++, row++) {
      const hash = block.hashes[index] ?? 0;
      const end = block.rows + (block.ends[index] ?? 0);
      this.#hashes[row] = hash;
      this.#buckets[row] = bucket;
      this.#starts[row] = start;
      this.#ends[row] = end;
      this.#next[row] = this.#heads[hash & this.#mask] ?? -1;
      this.#heads[hash & this.#mask] = row;
      start = end;
    }
    return row;
  }

  /** Takes a row equal to these bytes; false when there is none left. */
  take(hash: number, bytes: Uint8Array, start: number, end: number): boolean {
    const slot = hash & this.#mask;
    let before = -1;
    for (let row = this.#heads[slot] ?? -1; row >= 0; row = this.#next[row] ?? -1) {
      if (this.#hashes[row] === hash && this.#equals(row, bytes, start, end)) {
        const after = this.#next[row] ?? -1;
        if (before < 0) this.#heads[slot] = after;
        else this.#next[before] = after;
        this.#taken[row] = 1;
        this.left -= 1;
        return true;
      }
      before = row;
    }
    return false;
  }

  #equals(row: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[row] ?? 0;
    if ((this.#ends[row] ?? 0) - from !== end - start) return false;
    const block = this.#blocks[this.#buckets[row] ?? 0];
    return block !== undefined && sameBytes(block.bytes, from, bytes, start, end - start);
  }

  /** The rows that nobody took. */
  rest(): HashedRow[] {
    if (this.left === 0) return [];
    return this.#pick(0);
  }

  /** The rows that were taken. */
  kept(): HashedRow[] {
    return this.#pick(1);
  }

  /** The rows of one bucket that were taken. */
  *keptIn(bucket: number): Generator<HashedRow> {
    const block = this.#blocks[bucket];
    if (block === undefined) return;
    let row = this.#firsts[bucket] ?? 0;
    for (let index = 0; index < block.count; index++, row++)
      if (this.#taken[row] === 1) yield { hash: block.hashes[index] ?? 0, bytes: rowOfBlock(block, index) };
  }

  #pick(taken: 0 | 1): HashedRow[] {
    const rows: HashedRow[] = [];
    for (let row = 0; row < this.#taken.length; row++) {
      if (this.#taken[row] !== taken) continue;
      const bytes = this.#blocks[this.#buckets[row] ?? 0]?.bytes.subarray(this.#starts[row], this.#ends[row]);
      if (bytes !== undefined) rows.push({ hash: this.#hashes[row] ?? 0, bytes });
    }
    return rows;
  }
}
