/** How EXPLAIN SCANS words constraints. */
import type { OrderTerm } from '@outpost/sdk';
import type { SqlValue } from './native.ts';

/** How many of several values are shown. */
const shownValues = 3;
/** How many distinct values are counted; there may be more. */
const countedValues = 1_000;
/** How many characters of a value are shown. */
const shownCharacters = 60;
/** How many characters tell a value from others. */
const comparedCharacters = 200;

const literal = (value: SqlValue): string => {
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array) return `x'${Buffer.from(value.subarray(0, comparedCharacters)).toString('hex')}'`;
  return typeof value === 'string' ? `'${value.slice(0, comparedCharacters).replaceAll("'", "''")}'` : String(value);
};

/** A value on one line. */
const shown = (text: string): string => {
  const line = text.replaceAll(/\p{Cc}/gu, '\ufffd');
  return line.length <= shownCharacters ? line : `${line.slice(0, shownCharacters)}…`;
};

/** The values that scans were given for one constraint: `= 1`; `in (1, 2)` for a list that came at once; `= each of 1, 2` for a scan each. */
export class DistinctValues {
  readonly #values = new Set<string>();
  /** The most that one scan was given. */
  #most = 0;
  #more = false;

  /** The values of one scan. */
  add(values: readonly SqlValue[]): void {
    this.#most = Math.max(this.#most, values.length);
    for (const value of values) {
      if (this.#values.size < countedValues) this.#values.add(literal(value));
      else this.#more ||= !this.#values.has(literal(value));
    }
  }

  /** The operator with the first values, and how many there are of them. */
  after(operator: string): string {
    if (this.#values.size === 0) return operator;
    const first = [...this.#values.values().take(shownValues)].map(shown).join(', ');
    const count = `${this.#values.size}${this.#more ? '+' : ''}`;
    const text = this.#values.size <= shownValues ? first : `${first}, … ${count} values`;
    if (this.#most > 1) return `${operator === '=' ? 'in' : operator} (${text})`;
    return `${operator} ${this.#values.size > 1 ? 'each of ' : ''}${text}`;
  }
}

/** What order was asked for, which a table may keep; '' when none was. */
export const orderText = (terms: readonly OrderTerm[]): string =>
  terms.length === 0
    ? ''
    : `order by ${terms.map(({ column, descending }) => column + (descending ? ' desc' : '')).join(', ')}`;
