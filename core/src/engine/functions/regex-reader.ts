import { type ByteSet, classes, complement } from './regex-bytes.ts';

/** A pattern that std::regex refuses. */
export const invalid = (what: string): SyntaxError => new SyntaxError(what);

const controls: Readonly<Record<string, number>> = { '0': 0, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** What an escape stands for. */
export type Escape =
  | { readonly kind: 'byte'; readonly byte: number }
  | { readonly kind: 'set'; readonly set: ByteSet }
  | { readonly kind: 'boundary'; readonly negated: boolean }
  | { readonly kind: 'reference'; readonly group: number };

/** Reads a pattern from left to right. */
export class PatternReader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  /** The next character; empty at the end. */
  get next(): string {
    return this.#pattern.charAt(this.#at);
  }

  /** Takes the next character; empty at the end. */
  take(): string {
    const character = this.next;
    this.#at += 1;
    return character;
  }

  /** Takes a text if it comes next. */
  takeIf(text: string): boolean {
    const found = this.#pattern.startsWith(text, this.#at);
    if (found) this.#at += text.length;
    return found;
  }

  /** Takes the digits that come next, maybe none. */
  takeDigits(): string {
    const began = this.#at;
    while (this.next >= '0' && this.next <= '9') this.#at += 1;
    return this.#pattern.slice(began, this.#at);
  }

  /** Takes the text up to a delimiter, and the delimiter. */
  takeUntil(delimiter: string): string | undefined {
    const end = this.#pattern.indexOf(delimiter, this.#at);
    if (end < 0) return undefined;
    const text = this.#pattern.slice(this.#at, end);
    this.#at = end + delimiter.length;
    return text;
  }

  /** Takes what follows a backslash. In brackets `\b` is the backspace. */
  takeEscape(inBrackets: boolean): Escape {
    const digits = this.next === '0' ? '' : this.takeDigits();
    if (digits !== '') return { kind: 'reference', group: Number(digits) };
    const character = this.take();
    if (character === '') throw invalid('a backslash ends the pattern');
    if (character === 'b' && inBrackets) return { kind: 'byte', byte: 8 };
    if (character === 'b' || character === 'B') return { kind: 'boundary', negated: character === 'B' };
    const set = classes.get(character.toLowerCase());
    if (set !== undefined) return { kind: 'set', set: character >= 'a' ? set : complement(set) };
    return { kind: 'byte', byte: this.#escapedByte(character) };
  }

  #escapedByte(character: string): number {
    if (character === 'x') return this.#hexadecimal(2);
    if (character === 'u') return this.#hexadecimal(4);
    if (character === 'c' && this.next === '') throw invalid('\\c ends the pattern');
    return controls[character] ?? (character === 'c' ? this.take() : character).charCodeAt(0);
  }

  #hexadecimal(length: number): number {
    const digits = this.#pattern.slice(this.#at, this.#at + length);
    if (digits.length < length || !/^[0-9a-f]+$/i.test(digits)) throw invalid('a hexadecimal escape is too short');
    this.#at += length;
    return Number.parseInt(digits, 16) & 0xff;
  }
}
