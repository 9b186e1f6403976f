/** A value of D-Bus: arrays, structs and dictionary entries are arrays, a variant is what it holds. */
export type BusValue = string | number | bigint | boolean | readonly BusValue[];

/** How deep containers may be in one another, twice what the specification allows of arrays or structs alone. */
const maxDepth = 64;

const malformed = (why: string): never => {
  throw new RangeError(`The D-Bus message is malformed: ${why}.`);
};

const alignments: Readonly<Record<string, number>> = {
  y: 1,
  g: 1,
  v: 1,
  n: 2,
  q: 2,
  b: 4,
  i: 4,
  u: 4,
  s: 4,
  o: 4,
  a: 4,
  h: 4,
  x: 8,
  t: 8,
  d: 8,
  '(': 8,
  '{': 8,
};

/** Where the complete type that begins at `at` of a signature ends. */
function endOfType(signature: string, at: number): number {
  const first = signature[at];
  if (first === 'a') return endOfType(signature, at + 1);
  if (first !== '(' && first !== '{') return first === undefined ? malformed('a type is missing') : at + 1;
  const close = first === '(' ? ')' : '}';
  let end = at + 1;
  while (signature[end] !== close) end = endOfType(signature, end);
  return end + 1;
}

/** Reads values by their signature (D-Bus specification, Marshaling). Whatever is wrong is thrown as a RangeError. */
export class BusReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #little: boolean;
  #at: number;

  /** @param at where to begin; alignment counts from the start of `bytes` */
  constructor(bytes: Buffer, little: boolean, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = little;
    this.#at = at;
  }

  /** The values of a signature such as `a(so)u`. */
  values(signature: string, depth = 0): BusValue[] {
    if (depth > maxDepth) return malformed('it is nested too deep');
    const values: BusValue[] = [];
    for (let at = 0; at < signature.length; ) {
      const end = endOfType(signature, at);
      values.push(this.#value(signature.slice(at, end), depth + 1));
      at = end;
    }
    return values;
  }

  #value(type: string, depth: number): BusValue {
    const code = type[0] ?? '';
    this.#align(alignments[code] ?? malformed(`the type ${code} is unknown`));
    switch (code) {
      case 's':
      case 'o':
        return this.#text(this.#number(4));
      case 'g':
        return this.#text(this.#number(1));
      case 'v':
        return this.values(this.#text(this.#number(1)), depth)[0] ?? malformed('a variant is empty');
      case 'a':
        return this.#array(type.slice(1), depth);
      case '(':
      case '{':
        return this.values(type.slice(1, -1), depth);
      default:
        return this.#plain(code);
    }
  }

  #plain(code: string): BusValue {
    const at = this.#take(alignments[code] ?? 1);
    switch (code) {
      case 'n':
        return this.#view.getInt16(at, this.#little);
      case 'i':
        return this.#view.getInt32(at, this.#little);
      case 'x':
        return this.#view.getBigInt64(at, this.#little);
      case 't':
        return this.#view.getBigUint64(at, this.#little);
      case 'd':
        return this.#view.getFloat64(at, this.#little);
      case 'y':
        return this.#view.getUint8(at);
      case 'q':
        return this.#view.getUint16(at, this.#little);
      default: {
        const number = this.#view.getUint32(at, this.#little);
        return code === 'b' ? number !== 0 : number;
      }
    }
  }

  #array(type: string, depth: number): BusValue[] {
    const length = this.#number(4);
    this.#align(alignments[type[0] ?? ''] ?? malformed('an array has no type'));
    const end = this.#at + length;
    if (end > this.#bytes.length) return malformed('an array ends after the last byte');
    const values: BusValue[] = [];
    while (this.#at < end) {
      const at = this.#at;
      values.push(...this.values(type, depth));
      if (this.#at === at) return malformed('an array has elements without bytes');
    }
    return values;
  }

  #number(bytes: 1 | 4): number {
    const at = this.#take(bytes);
    return bytes === 1 ? this.#view.getUint8(at) : this.#view.getUint32(at, this.#little);
  }

  #text(length: number): string {
    const at = this.#take(length + 1);
    return this.#bytes.toString('utf8', at, at + length);
  }

  #align(bytes: number): void {
    this.#at = Math.ceil(this.#at / bytes) * bytes;
  }

  #take(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    return this.#at > this.#bytes.length ? malformed('it ends early') : at;
  }
}
