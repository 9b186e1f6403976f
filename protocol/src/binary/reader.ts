import { OutpostError } from '../errors.ts';
import { leastBytesOf } from './codes.ts';
import { type Limits, replyLimits } from './limits.ts';
import { decodeText } from './text.ts';

/** Gives a view of the same memory with the methods of a Buffer. */
const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Reads values of the Thrift binary protocol from bytes that somebody else sent: every length and count is doubted. */
export class ByteReader {
  /** Where the next byte is. */
  position: number;
  /** Behind the last byte. */
  readonly end: number;
  readonly limits: Limits;
  readonly #bytes: Buffer;
  #entriesLeft: number;

  constructor(bytes: Uint8Array, limits: Limits = replyLimits, start = 0, end = bytes.length) {
    this.#bytes = asBuffer(bytes);
    this.limits = limits;
    this.position = start;
    this.end = Math.min(end, bytes.length);
    this.#entriesLeft = limits.entries;
    const size = this.end - start;
    if (size > limits.messageBytes) {
      throw new OutpostError('MESSAGE_LIMIT', { what: 'bytes', size, limit: limits.messageBytes });
    }
  }

  /** Bytes that are left. */
  get available(): number {
    return this.end - this.position;
  }

  /** Steps over so many bytes and gives where they start. */
  take(size: number): number {
    const start = this.position;
    if (size > this.end - start) throw new OutpostError('MESSAGE_TRUNCATED', { needed: size, left: this.end - start });
    this.position = start + size;
    return start;
  }

  /** An unsigned byte. */
  readByte(): number {
    return this.#bytes[this.take(1)] as number;
  }

  readI16(): number {
    return this.#bytes.readInt16BE(this.take(2));
  }

  readI32(): number {
    const start = this.take(4);
    const bytes = this.#bytes;
    return (
      ((bytes[start] as number) << 24) |
      ((bytes[start + 1] as number) << 16) |
      ((bytes[start + 2] as number) << 8) |
      (bytes[start + 3] as number)
    );
  }

  /** A 64-bit integer: a number where it is exact, else a bigint. */
  readI64(): number | bigint {
    const value = this.#bytes.readBigInt64BE(this.take(8));
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  readDouble(): number {
    return this.#bytes.readDoubleBE(this.take(8));
  }

  /** A length of a text, checked against the limit and what is there. */
  readLength(): number {
    const size = this.readI32();
    if (size < 0) throw new OutpostError('MESSAGE_MALFORMED', { reason: `a text has the length ${size}` });
    if (size > this.limits.stringBytes) {
      throw new OutpostError('MESSAGE_LIMIT', { what: 'bytes in a text', size, limit: this.limits.stringBytes });
    }
    return size;
  }

  /** A text; bytes that are not UTF-8 as binary/text.ts says. */
  readString(): string {
    const size = this.readLength();
    const start = this.take(size);
    return size === 0 ? '' : decodeText(this.#bytes, start, start + size);
  }

  /** So many bytes, as a view. */
  readBytes(size: number): Buffer {
    const start = this.take(size);
    return this.#bytes.subarray(start, start + size);
  }

  /** The bytes of a part that was read earlier, as a view. */
  slice(start: number, end: number): Buffer {
    return this.#bytes.subarray(start, end);
  }

  /**
   * The count in the header of a list, set or map. Entries take at least some bytes, so a count that the remaining bytes cannot
   * hold is a lie, and is refused before anything is allocated for it.
   *
   * @param type the type of an entry, or of a map's keys
   * @param valueType the type of a map's values
   */
  readCount(type: number, valueType?: number): number {
    const count = this.readI32();
    if (count < 0) throw new OutpostError('MESSAGE_MALFORMED', { reason: `a container has ${count} entries` });
    if (count === 0) return 0;
    this.#entriesLeft -= count;
    if (this.#entriesLeft < 0) {
      throw new OutpostError('MESSAGE_LIMIT', { what: 'entries', size: count, limit: this.limits.entries });
    }
    const needed = count * (leastBytesOf(type) + (valueType === undefined ? 0 : leastBytesOf(valueType)));
    if (needed > this.available) throw new OutpostError('MESSAGE_TRUNCATED', { needed, left: this.available });
    return count;
  }

  /** Whether the same bytes as in a part read earlier come next. */
  repeats(start: number, size: number): boolean {
    const bytes = this.#bytes;
    const at = this.position;
    if (size > this.end - at) return false;
    for (let index = 0; index < size; index++) if (bytes[start + index] !== bytes[at + index]) return false;
    return true;
  }
}
