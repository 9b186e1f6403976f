import { OutpostError } from '../errors.ts';
import type { SqlValue } from './values.ts';

/** Reads MessagePack values one after the other. Throws BLOCK_MALFORMED where the bytes end too early. */
class Reader {
  readonly #buffer: Buffer;
  #position = 0;

  constructor(block: Uint8Array) {
    this.#buffer = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  }

  arrayLength(): number {
    const tag = this.#uint(1);
    if ((tag & 0xf0) === 0x90) return tag & 0x0f;
    if (tag === 0xdc) return this.#uint(2);
    if (tag === 0xdd) return this.#uint(4);
    return this.fail(`it has the tag ${tag} where an array must begin`);
  }

  value(): SqlValue {
    const tag = this.#uint(1);
    if (tag < 0x80) return tag;
    if (tag >= 0xe0) return tag - 256;
    if ((tag & 0xe0) === 0xa0) return this.#text(tag & 0x1f);
    return this.#tagged(tag);
  }

  #tagged(tag: number): SqlValue {
    if (tag === 0xc0) return null;
    if (tag >= 0xc4 && tag <= 0xc6) return this.#bytes(this.#uint(1 << (tag - 0xc4)));
    if (tag >= 0xcc && tag <= 0xce) return this.#uint(1 << (tag - 0xcc));
    if (tag >= 0xd9 && tag <= 0xdb) return this.#text(this.#uint(1 << (tag - 0xd9)));
    const size = tag >= 0xd0 && tag <= 0xd2 ? 1 << (tag - 0xd0) : 8;
    const at = this.#advance(size);
    if (size < 8) return this.#buffer.readIntBE(at, size);
    if (tag === 0xcb) return this.#buffer.readDoubleBE(at);
    if (tag === 0xcf) return narrow(this.#buffer.readBigUInt64BE(at));
    if (tag === 0xd3) return narrow(this.#buffer.readBigInt64BE(at));
    return this.fail(`it has the tag ${tag} where a value must begin`);
  }

  #advance(size: number): number {
    const at = this.#position;
    if (size > this.#buffer.length - at) return this.fail('it is cut off');
    this.#position += size;
    return at;
  }

  /** @throws OutpostError BLOCK_MALFORMED */
  fail(reason: string): never {
    throw new OutpostError('BLOCK_MALFORMED', { offset: this.#position, reason });
  }

  /** Checks that nothing is left. */
  end(): void {
    if (this.#position < this.#buffer.length) this.fail('more follows its end');
  }

  #uint(size: number): number {
    const at = this.#advance(size);
    return size === 1 ? (this.#buffer[at] ?? 0) : this.#buffer.readUIntBE(at, size);
  }

  #text(length: number): string {
    const at = this.#advance(length);
    return length === 0 ? '' : this.#buffer.toString('utf8', at, at + length);
  }

  #bytes(length: number): Uint8Array {
    const at = this.#advance(length);
    return new Uint8Array(this.#buffer.subarray(at, at + length));
  }
}

/** Integers that a number holds exactly are numbers; the others stay bigint. */
const narrow = (value: bigint): number | bigint => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};

/**
 * Reads the rows of a block, one after the other, so that a large block never lies in memory twice.
 * @param block an array of rows, each an array of values in column order
 * @throws OutpostError BLOCK_MALFORMED where the bytes are no such block
 */
export function* readRows(block: Uint8Array): Generator<SqlValue[], void, undefined> {
  const reader = new Reader(block);
  for (let left = reader.arrayLength(); left > 0; left--) {
    const row: SqlValue[] = [];
    for (let values = reader.arrayLength(); values > 0; values--) row.push(reader.value());
    yield row;
  }
  reader.end();
}

/** One constraint of a scan: an operator of `constraintOperators` and its values, several for IN. */
export interface ScanConstraint {
  readonly column: string;
  readonly op: number;
  readonly values: readonly SqlValue[];
}

/**
 * Reads the constraints of a scan; no bytes are no constraints.
 * @throws OutpostError BLOCK_MALFORMED
 */
export function decodeConstraints(bytes: Uint8Array): ScanConstraint[] {
  if (bytes.length === 0) return [];
  const reader = new Reader(bytes);
  const constraints: ScanConstraint[] = [];
  for (let left = reader.arrayLength(); left > 0; left--) {
    if (reader.arrayLength() !== 3) reader.fail('a constraint is no column, operator and values');
    const [column, op] = [reader.value(), reader.value()];
    const values: SqlValue[] = [];
    for (let count = reader.arrayLength(); count > 0; count--) values.push(reader.value());
    constraints.push({ column: String(column), op: Number(op), values });
  }
  reader.end();
  return constraints;
}
