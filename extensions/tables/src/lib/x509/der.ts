/** Tags of DER elements that are looked for (X.690, 8.1.2); context-specific ones have the number in brackets. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** `[0]`, constructed. */
  explicit0: 0xa0,
  /** `[3]`, constructed. */
  explicit3: 0xa3,
  /** `[0]`, primitive. */
  implicit0: 0x80,
} as const;

/** One DER element. */
export interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** Tag, length and content. */
  readonly whole: Buffer;
}

const malformed = (why: string): never => {
  throw new RangeError(`The DER is malformed: ${why}.`);
};

/** The length at an offset, and where the content begins. @throws RangeError */
function lengthAt(bytes: Buffer, at: number): [number, number] {
  const first = bytes[at] ?? malformed('it ends before a length');
  if (first < 0x80) return [first, at + 1];
  const count = first & 0x7f;
  if (count === 0 || count > 4 || at + 1 + count > bytes.length) return malformed('a length is out of range');
  return [bytes.readUIntBE(at + 1, count), at + 1 + count];
}

/** Reads the elements of a piece of DER one after the other. Whatever is wrong is thrown as a RangeError. */
export class DerReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The next element; undefined at the end. */
  next(): Element | undefined {
    if (this.#at >= this.#bytes.length) return undefined;
    const from = this.#at;
    const tag = this.#bytes[from] ?? 0;
    if ((tag & 0x1f) === 0x1f) return malformed('a tag is too large');
    const [length, start] = lengthAt(this.#bytes, from + 1);
    this.#at = start + length;
    if (this.#at > this.#bytes.length) return malformed('an element ends after the last byte');
    return { tag, content: this.#bytes.subarray(start, this.#at), whole: this.#bytes.subarray(from, this.#at) };
  }

  /** The content of the next element, which has the tag. */
  take(tag: number): Buffer {
    const found = this.next();
    return found?.tag === tag ? found.content : malformed(`there is no element with tag ${tag}`);
  }

  /** The content of the next element if it has the tag; otherwise undefined, and the element stays. */
  takeIf(tag: number): Buffer | undefined {
    return this.#bytes[this.#at] === tag ? this.take(tag) : undefined;
  }
}

/** The elements in the content of a constructed one. */
export function* elementsOf(content: Buffer): Generator<Element> {
  const reader = new DerReader(content);
  for (let element = reader.next(); element !== undefined; element = reader.next()) yield element;
}

/** Longer object identifiers than this one are nobody's. */
const maxOidBytes = 128;

/** An object identifier in dotted form. @throws RangeError */
export function oidOf(content: Buffer): string {
  if (content.length > maxOidBytes) return malformed('an object identifier is too long');
  const arcs: bigint[] = [];
  let value = 0n;
  for (const byte of content) {
    value = (value << 7n) | BigInt(byte & 0x7f);
    if (byte >= 0x80) continue;
    // The first number holds the first two arcs; the first of them is at most 2.
    if (arcs.length === 0) {
      const first = value < 80n ? value / 40n : 2n;
      arcs.push(first, value - first * 40n);
    } else arcs.push(value);
    value = 0n;
  }
  return arcs.join('.');
}

/** A UTCTime or GeneralizedTime in seconds since 1970 (RFC 5280, 4.1.2.5). @throws RangeError */
export function timeOf({ tag, content }: Element): number {
  const text = content.toString('latin1');
  const [, head = '', ...parts] = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?Z$/.exec(text) ?? [];
  if (head.length !== (tag === tags.generalizedTime ? 4 : 2)) return malformed('a time is none');
  const year = Number(head) + (head.length === 4 ? 0 : Number(head) < 50 ? 2000 : 1900);
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(part => Number(part ?? 0));
  return new Date(0).setUTCFullYear(year, month - 1, day) / 1000 + hour * 3600 + minute * 60 + second;
}
