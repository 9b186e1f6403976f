import { type ByteSet, classes, complement } from './regex-bytes.ts';
import { invalid, type PatternReader } from './regex-reader.ts';

/** What one step of reading a bracket expression gives. A symbol is a character that cannot end a range. */
type Token =
  | { readonly kind: 'byte' | 'symbol'; readonly byte: number }
  | { readonly kind: 'set'; readonly set: ByteSet }
  | { readonly kind: 'dash' }
  | { readonly kind: 'end' };

const letter = (name: string): number => {
  if (!/^[A-Za-z]$/.test(name)) throw invalid(`the collating element ${name} is not known`);
  return name.charCodeAt(0);
};

const posixToken = (reader: PatternReader, kind: string): Token => {
  const name = reader.takeUntil(kind);
  if (name === undefined || !reader.takeIf(']')) throw invalid('a class in brackets does not end');
  if (kind === '.') return { kind: 'symbol', byte: letter(name) };
  if (kind === '=') {
    const wanted = letter(name) | 0x20;
    return { kind: 'set', set: byte => (byte | 0x20) === wanted };
  }
  const set = classes.get(name.toLowerCase());
  if (set === undefined) throw invalid(`the class ${name} is not known`);
  return { kind: 'set', set };
};

const nextToken = (reader: PatternReader): Token => {
  const character = reader.take();
  if (character === '') throw invalid('a bracket is not closed');
  if (character === '-') return { kind: 'dash' };
  if (character === ']') return { kind: 'end' };
  if (character === '[') {
    if (reader.next === '') throw invalid('a bracket is not closed');
    if ('.:='.includes(reader.next)) return posixToken(reader, reader.take());
  }
  if (character !== '\\') return { kind: 'byte', byte: character.charCodeAt(0) };
  const escaped = reader.takeEscape(true);
  if (escaped.kind === 'byte' || escaped.kind === 'set') return escaped;
  throw invalid('an assertion or a reference stands in brackets');
};

/** Bytes compare as signed numbers: those above ASCII come first. */
const signed = (byte: number): number => (byte << 24) >> 24;

const range = (first: number, last: number): ByteSet => {
  const [low, high] = [signed(first), signed(last)];
  if (low > high) throw invalid('a range is out of order');
  return byte => signed(byte) >= low && signed(byte) <= high;
};

/** What the last token was, as far as a dash after it asks. */
type Last = number | 'set' | undefined;

/** The terms of one bracket expression, as libstdc++ reads them. */
class Brackets {
  readonly sets: ByteSet[] = [];
  readonly #reader: PatternReader;
  #last: Last;

  constructor(reader: PatternReader) {
    this.#reader = reader;
  }

  read(): void {
    let token = nextToken(this.#reader);
    if (token.kind === 'dash') {
      this.#last = 0x2d;
      token = nextToken(this.#reader);
    }
    for (; token.kind !== 'end'; token = nextToken(this.#reader)) {
      if (token.kind === 'set') {
        this.#remember('set');
        this.sets.push(token.set);
      } else if (token.kind !== 'dash') this.#remember(token.byte);
      else if (this.#dash()) break;
    }
    this.#remember(undefined);
  }

  /** @returns whether the brackets end here */
  #dash(): boolean {
    if (this.#reader.takeIf(']')) {
      this.#remember(0x2d);
      return true;
    }
    if (this.#last === 'set') throw invalid('a range begins with a class');
    if (this.#last === undefined) {
      this.#last = 0x2d;
      return false;
    }
    const token = nextToken(this.#reader);
    if (token.kind !== 'byte' && token.kind !== 'dash') throw invalid('a range ends with a class');
    this.sets.push(range(this.#last, token.kind === 'byte' ? token.byte : 0x2d));
    this.#last = undefined;
    return false;
  }

  #remember(last: Last): void {
    const before = this.#last;
    if (typeof before === 'number') this.sets.push(byte => byte === before);
    this.#last = last;
  }
}

/** Reads a bracket expression, whose opening bracket is taken already. @throws SyntaxError */
export const readBrackets = (reader: PatternReader): ByteSet => {
  const negated = reader.takeIf('^');
  const brackets = new Brackets(reader);
  brackets.read();
  const set: ByteSet = byte => brackets.sets.some(member => member(byte));
  return negated ? complement(set) : set;
};
