import { arrayHead, malformed, type ValueType, valueType, viewOf } from './encoding.ts';

/**
 * Reads rows out of bytes one after another. After {@link RowReader.next} the accessors tell about that row, by column, until the
 * next call; nothing is copied or decoded before it is asked for.
 */
export class RowReader {
  #bytes: Uint8Array;
  #view: DataView;
  readonly #columns: number;
  readonly #types: Uint8Array;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  /** Where the row begins and ends. */
  start = 0;
  end = 0;

  /** @param columns how many values each row has */
  constructor(bytes: Uint8Array, columns: number) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#columns = columns;
    this.#types = new Uint8Array(columns);
    this.#starts = new Int32Array(columns);
    this.#ends = new Int32Array(columns);
  }

  /** Goes on with other bytes. */
  open(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.end = 0;
  }

  /** Reads the row at `offset`. */
  next(offset: number = this.end): void {
    const { count, next } = arrayHead(this.#bytes, offset);
    if (count !== this.#columns) throw malformed(offset, `a row has ${count} values instead of ${this.#columns}`);
    let at = next;
    for (let column = 0; column < count; column++) at = this.#value(column, at);
    if (at > this.#bytes.length) throw malformed(offset, 'it ends within a row');
    this.start = offset;
    this.end = at;
  }

  /** The type of a value. */
  type(column: number): ValueType {
    return (this.#types[column] ?? valueType.nil) as ValueType;
  }

  /** The bytes of a text or blob. */
  content(column: number): Uint8Array {
    return this.#bytes.subarray(this.#starts[column], this.#ends[column]);
  }

  /** The bytes of a value with its head. */
  raw(column: number): Uint8Array {
    const begin = column === 0 ? arrayHead(this.#bytes, this.start).next : (this.#ends[column - 1] ?? 0);
    return this.#bytes.subarray(begin, this.#ends[column]);
  }

  /** The number of a double. */
  double(column: number): number {
    return this.#view.getFloat64(this.#starts[column] ?? 0);
  }

  /** The number of an integer, exactly. */
  integer(column: number): number | bigint {
    const at = this.#starts[column] ?? 0;
    const first = this.#bytes[at] ?? 0;
    if (first < 0x80) return first;
    if (first >= 0xe0) return first - 0x100;
    switch (first) {
      case 0xcc:
        return this.#view.getUint8(at + 1);
      case 0xcd:
        return this.#view.getUint16(at + 1);
      case 0xce:
        return this.#view.getUint32(at + 1);
      case 0xcf:
        return this.#view.getBigUint64(at + 1);
      case 0xd0:
        return this.#view.getInt8(at + 1);
      case 0xd1:
        return this.#view.getInt16(at + 1);
      case 0xd2:
        return this.#view.getInt32(at + 1);
      default:
        return this.#view.getBigInt64(at + 1);
    }
  }

  #value(column: number, at: number): number {
    const first = this.#bytes[at];
    if (first === undefined) throw malformed(at, 'it ends before a value');
    if (first >= 0xa0 && first <= 0xbf) return this.#note(column, valueType.text, at + 1, at + 1 + (first & 0x1f));
    if (first < 0x80 || first >= 0xe0) return this.#note(column, valueType.integer, at, at + 1);
    if (first === 0xc0) return this.#note(column, valueType.nil, at, at + 1);
    if (first === 0xcb) return this.#note(column, valueType.double, at + 1, at + 9);
    if (first >= 0xcc && first <= 0xd3) return this.#note(column, valueType.integer, at, at + 1 + (1 << (first & 3)));
    if (first >= 0xd9 && first <= 0xdb) return this.#sized(column, valueType.text, at, first - 0xd9);
    if (first >= 0xc4 && first <= 0xc6) return this.#sized(column, valueType.blob, at, first - 0xc4);
    throw malformed(at, `a value cannot begin with the byte ${first}`);
  }

  #sized(column: number, type: ValueType, at: number, width: number): number {
    const start = at + 1 + (1 << width);
    if (width === 0) return this.#note(column, type, start, start + this.#view.getUint8(at + 1));
    if (width === 1) return this.#note(column, type, start, start + this.#view.getUint16(at + 1));
    return this.#note(column, type, start, start + this.#view.getUint32(at + 1));
  }

  #note(column: number, type: ValueType, start: number, end: number): number {
    this.#types[column] = type;
    this.#starts[column] = start;
    this.#ends[column] = end;
    return end;
  }
}
