import { readBrackets } from './regex-brackets.ts';
import { classOf, escapedByte } from './regex-bytes.ts';
import { invalid, PatternReader } from './regex-reader.ts';

/** States that an automaton of libstdc++ may have; a repetition makes at least one a time. */
const stateLimit = 100_000;

/** A parser of one pattern that writes it anew. */
class Translator {
  readonly #reader: PatternReader;
  /** The groups so far, and which of them are still open. */
  #groups = 0;
  readonly #open = new Set<number>();

  constructor(pattern: string) {
    this.#reader = new PatternReader(pattern);
  }

  translate(): string {
    const source = this.#disjunction();
    if (this.#reader.next !== '') throw invalid(`${this.#reader.next} is out of place`);
    return source;
  }

  #disjunction(): string {
    let source = this.#alternative();
    while (this.#reader.takeIf('|')) source += `|${this.#alternative()}`;
    return source;
  }

  #alternative(): string {
    let source = '';
    for (let term = this.#term(); term !== undefined; term = this.#term()) source += term;
    return source;
  }

  #term(): string | undefined {
    const reader = this.#reader;
    if (reader.next === '' || '|)*+?{'.includes(reader.next)) return undefined;
    const character = reader.take();
    if (character === '^' || character === '$') return character;
    if (character === '(' && reader.takeIf('?=')) return this.#enclosed('(?=');
    if (character === '(' && reader.takeIf('?!')) return this.#enclosed('(?!');
    if (character === '\\') return this.#escape();
    return this.#quantified(this.#atom(character));
  }

  #atom(character: string): string {
    if (character === '(') return this.#group();
    if (character === '[') return classOf(readBrackets(this.#reader));
    return character === '.' ? '[^\\n\\r]' : escapedByte(character.charCodeAt(0));
  }

  #group(): string {
    if (this.#reader.takeIf('?:')) return this.#enclosed('(?:');
    if (this.#reader.next === '?') throw invalid('a group of an unknown kind');
    this.#groups += 1;
    const group = this.#groups;
    this.#open.add(group);
    const source = this.#enclosed('(');
    this.#open.delete(group);
    return source;
  }

  #enclosed(opening: string): string {
    const source = `${opening}${this.#disjunction()})`;
    if (!this.#reader.takeIf(')')) throw invalid('a group is not closed');
    return source;
  }

  #escape(): string {
    const escaped = this.#reader.takeEscape(false);
    switch (escaped.kind) {
      case 'boundary':
        return escaped.negated ? '\\B' : '\\b';
      case 'reference':
        if (escaped.group > this.#groups || this.#open.has(escaped.group)) throw invalid('a reference to no group');
        return this.#quantified(`(?:\\${escaped.group})`);
      case 'set':
        return this.#quantified(classOf(escaped.set));
      case 'byte':
        return this.#quantified(escapedByte(escaped.byte));
    }
  }

  /** Quantifiers may follow each other: `a+*`. */
  #quantified(atom: string): string {
    let source = atom;
    for (let quantifier = this.#quantifier(); quantifier !== ''; quantifier = this.#quantifier())
      source = `(?:${source}${quantifier})`;
    return source;
  }

  #quantifier(): string {
    const reader = this.#reader;
    const quantifier = reader.next !== '' && '*+?'.includes(reader.next) ? reader.take() : this.#interval();
    return quantifier !== '' && reader.takeIf('?') ? `${quantifier}?` : quantifier;
  }

  #interval(): string {
    const reader = this.#reader;
    if (!reader.takeIf('{')) return '';
    const least = reader.takeDigits();
    if (least === '') throw invalid('an interval without a number');
    const comma = reader.takeIf(',');
    const most = comma ? reader.takeDigits() : least;
    if (!reader.takeIf('}')) throw invalid('an interval is not closed');
    const [low, high] = [Number(least), most === '' ? Number(least) : Number(most)];
    if (high < low || high > stateLimit) throw invalid('an interval is out of range');
    return `{${low}${comma ? ',' : ''}${comma && most !== '' ? high : ''}}`;
  }
}

/**
 * A pattern of std::regex (ECMAScript grammar, C locale, as libstdc++ reads it: regex_scanner.tcc, regex_compiler.tcc) in
 * JavaScript's own words, to be matched against byte strings.
 *
 * The grammars differ in both directions. libstdc++ knows `[[:alpha:]]` and quantifiers upon quantifiers; it does not know
 * look-behind, names, `\p` or flags, and refuses what JavaScript takes for literal (`a{`, `(?=a)*`). How the matching goes stays
 * JavaScript's: a reference to a group that did not take part matches nothing instead of failing, and a group within a repetition
 * forgets what earlier rounds matched.
 * @throws SyntaxError
 */
export const translatePattern = (pattern: string): string => new Translator(pattern).translate();
