import { OutpostError } from '../errors.ts';
import { encodeText } from './text.ts';

/** Up to this length a loop over the characters is faster than a call into the runtime. */
const shortText = 32;

/** From this length on, counting a text's bytes is cheaper than making room for three a character. */
const longText = 4096;

/** Bytes of one message at most: the i32 lengths of the protocol reach no further, and neither does a reader. */
const capacityLimit = 2 ** 31 - 1;

/** Appends values in the Thrift binary protocol's big-endian form to one buffer, which grows. */
export class ByteWriter {
  /** Where the next byte goes; also the number of bytes written. */
  position = 0;
  #bytes: Buffer;

  /** @param capacity bytes to start with; the buffer doubles when they do not suffice */
  constructor(capacity = 512) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** Makes room for more bytes, and gives the buffer that has it. The writer's own `position` stays. */
  reserve(size: number): Buffer {
    const bytes = this.#bytes;
    return this.position + size <= bytes.length ? bytes : this.#grow(this.position + size);
  }

  #grow(needed: number): Buffer {
    if (needed > capacityLimit) {
      throw new OutpostError('MESSAGE_LIMIT', { what: 'bytes', size: needed, limit: capacityLimit });
    }
    const grown = Buffer.allocUnsafeSlow(Math.min(capacityLimit, Math.max(needed, this.#bytes.length * 2)));
    grown.set(this.#bytes.subarray(0, this.position));
    this.#bytes = grown;
    return grown;
  }

  writeByte(value: number): void {
    this.reserve(1)[this.position++] = value;
  }

  writeI16(value: number): void {
    const bytes = this.reserve(2);
    bytes[this.position++] = value >> 8;
    bytes[this.position++] = value;
  }

  writeI32(value: number): void {
    this.reserve(4);
    this.position = this.putI32(this.position, value);
  }

  /** Overwrites four bytes that were written or reserved earlier: for a count that is known only afterwards. */
  putI32(at: number, value: number): number {
    const bytes = this.#bytes;
    bytes[at] = value >> 24;
    bytes[at + 1] = value >> 16;
    bytes[at + 2] = value >> 8;
    bytes[at + 3] = value;
    return at + 4;
  }

  /** Writes a 64-bit integer; a larger one is cut to its lower 64 bits. */
  writeI64(value: number | bigint): void {
    if (typeof value === 'number' && Number.isSafeInteger(value)) {
      this.writeI32(Math.floor(value / 2 ** 32));
      this.writeI32(value | 0);
    } else {
      const bytes = this.reserve(8);
      this.position = bytes.writeBigInt64BE(BigInt.asIntN(64, BigInt(value)), this.position);
    }
  }

  writeDouble(value: number): void {
    this.position = this.reserve(8).writeDoubleBE(value, this.position);
  }

  /** Appends bytes as they are. */
  writeBytes(value: Uint8Array): void {
    this.reserve(value.length).set(value, this.position);
    this.position += value.length;
  }

  /** Writes a length and a text; a lone surrogate as binary/text.ts says. */
  writeString(text: string): void {
    const { length } = text;
    if (length > shortText) return this.#writeLongString(text);
    const bytes = this.reserve(4 + length);
    let at = this.position + 4;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) return this.#writeLongString(text);
      bytes[at++] = code;
    }
    this.putI32(this.position, length);
    this.position = at;
  }

  #writeLongString(text: string): void {
    if (!text.isWellFormed()) {
      const encoded = encodeText(text);
      this.writeI32(encoded.length);
      return this.writeBytes(encoded);
    }
    const most = text.length < longText ? text.length * 3 : Buffer.byteLength(text);
    const bytes = this.reserve(4 + most);
    const size = bytes.write(text, this.position + 4, most, 'utf8');
    this.position = this.putI32(this.position, size) + size;
  }

  /** Copies bytes written earlier to the end: a text that was there before need not be encoded again. */
  repeat(start: number, size: number): void {
    const bytes = this.reserve(size);
    let at = this.position;
    for (let from = start; from < start + size; from++) bytes[at++] = bytes[from] as number;
    this.position = at;
  }

  /** What was written, as a view: valid until something more is. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.position);
  }

  /** Forgets what was written and keeps the buffer. */
  reset(): void {
    this.position = 0;
  }
}
