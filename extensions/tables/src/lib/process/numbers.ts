/**
 * Decimal numbers out of a text of /proc, one after the other and without a copy of the text: a split into fields costs more than
 * all the rest of the parsing.
 */
export class Numbers {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  /** The next number, with its sign; 0 when there is none. */
  next(): number {
    const text = this.#text;
    const end = text.length;
    let at = this.#at;
    let code = 0;
    while (at < end) {
      code = text.charCodeAt(at);
      if (code >= 48 && code <= 57) break;
      at += 1;
    }
    const negative = at > 0 && text.charCodeAt(at - 1) === 45;
    let value = 0;
    while (at < end) {
      code = text.charCodeAt(at);
      if (code < 48 || code > 57) break;
      value = value * 10 + code - 48;
      at += 1;
    }
    this.#at = at;
    return negative ? -value : value;
  }

  /** Passes over `count` numbers. */
  skip(count: number): void {
    for (let left = count; left > 0; left -= 1) this.next();
  }
}

/** The number after `key`, undefined when the text has no such key. */
export function numberAfter(text: string, key: string): number | undefined {
  const at = text.indexOf(key);
  return at < 0 ? undefined : new Numbers(text, at + key.length).next();
}
