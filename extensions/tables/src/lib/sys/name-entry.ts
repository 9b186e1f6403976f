import { libc } from './libc.ts';

const outOfRange = 34;
const firstBufferBytes = 65_536;
const largestBufferBytes = 64 << 20;

/** A function such as getpwent_r(3) with its key bound: fills a struct and a buffer of strings, returns an errno. */
export type Fill = (entry: Buffer, strings: Buffer, length: number, result: [unknown]) => number;

/** The parameters of such a function after its key, for koffi. */
export const fillParameters = 'void *entry, void *strings, size_t length, _Out_ void **result';

/** The buffer of strings is shared by every entry of the thread, and reused by every call: a directory may hold 100,000 accounts. */
let strings = Buffer.alloc(0);

/** A struct that the name service fills, such as `struct passwd`. Read it before the next {@link NameEntry.fetch}. */
export class NameEntry {
  readonly #entry: Buffer;

  /** @param bytes the size of the struct */
  constructor(bytes: number) {
    this.#entry = Buffer.alloc(bytes);
  }

  /** Calls `fill` with ever larger buffers, up to 64 MiB, until the entry fits; false when there is no entry. */
  fetch(fill: Fill): boolean {
    for (let bytes = Math.max(strings.length, firstBufferBytes); bytes <= largestBufferBytes; bytes *= 4) {
      if (bytes > strings.length) strings = Buffer.alloc(bytes);
      const result: [unknown] = [null];
      const code = fill(this.#entry, strings, bytes, result);
      if (code !== outOfRange) return code === 0 && result[0] !== null;
    }
    return false;
  }

  /** The unsigned number of 32 bits at an offset. */
  uint32(field: number): number {
    return this.#entry.readUInt32LE(field);
  }

  /** The string that the pointer at an offset leads to; empty for a null pointer. */
  string(field: number): string {
    const pointer = this.#entry.readBigUInt64LE(field);
    if (pointer === 0n) return '';
    // The pointers of the struct point into our own buffer, so they are offsets in it.
    const offset = Number(pointer - BigInt(libc().koffi.address(strings)));
    return strings.toString('utf8', offset, strings.indexOf(0, offset));
  }
}
