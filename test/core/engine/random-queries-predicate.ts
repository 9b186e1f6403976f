// Random conditions of queries over random tables.
import {
  chance,
  pick,
  type Random,
  type RandomColumn,
  type RandomTable,
  randomValue,
  type Value,
} from './random-queries-schema.ts';

/** A column as a query sees it: by what it is called there. */
export interface Seen {
  /** As it stands in the query, with the alias of its table. */
  readonly sql: string;
  readonly type: RandomColumn['type'];
  readonly collate: RandomColumn['collate'];
  readonly hidden: boolean;
  /** Whether one of these has to be constrained. */
  readonly required: boolean;
  /** Whether its table is an extension's. */
  readonly remote: boolean;
  /** Values that rows have in it. */
  readonly values: readonly Value[];
}

/** A table of a FROM clause. */
export interface Source {
  readonly alias: string;
  readonly columns: readonly Seen[];
}

/** A table of the world under an alias. */
export const sourceOf = ({ kind, columns, rows }: RandomTable, alias: string): Source => ({
  alias,
  columns: columns.map(({ name, type, collate, hidden, required }, at) => ({
    sql: `${alias}.${name}`,
    type,
    collate,
    hidden,
    required,
    remote: kind === 'extension',
    values: rows.slice(0, 20).map(row => row[at] ?? null),
  })),
});

/** Whether text of a column is compared byte by byte. */
export const isBinary = ({ collate }: Seen): boolean => collate === undefined || collate === 'binary';

const escaped = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A value as SQL has it. A NUL cannot stand in a statement. */
export const literal = (value: Value): string => {
  if (value === null) return 'null';
  if (typeof value === 'string')
    return value.includes('\0') ? `cast(x'${Buffer.from(value).toString('hex')}' as text)` : escaped(value);
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`;
  if (value === Number.POSITIVE_INFINITY) return '9e999';
  if (value === -9223372036854775808n) return '(-9223372036854775807 - 1)';
  return String(value);
};

const compared = ['=', '=', '=', '==', '<', '<=', '>', '>=', '<>', 'is', 'is not'];
const patterns = ['a%', 'A%', '%b', 'a', '', '%', '_', '1%', '%.%', 'a_', 'é', 'É%', '%\\%', 'b%'];
const globs = ['a*', '*', '?', '[ab]*', '[^a]*', '1*', '', 'A', '*.*', 'é'];
const collations = ['binary', 'nocase', 'rtrim', 'version'];

/** Makes conditions over tables of a world. */
export class PredicateMaker {
  readonly #random: Random;
  readonly #tables: readonly RandomTable[];
  #aliases = 0;

  constructor(random: Random, tables: readonly RandomTable[]) {
    this.#random = random;
    this.#tables = tables;
  }

  /** An alias that is new. */
  alias(): string {
    this.#aliases += 1;
    return `a${this.#aliases}`;
  }

  /** A table of the world that has no more rows than told; the smallest where all have more. */
  table(most = 100): RandomTable {
    const small = this.#tables.filter(({ rows }) => rows.length <= most);
    if (small.length > 0) return pick(this.#random, small);
    return this.#tables.reduce((least, table) => (table.rows.length < least.rows.length ? table : least));
  }

  /** A column of the tables of a FROM clause. */
  column(sources: readonly Source[]): Seen {
    return pick(this.#random, pick(this.#random, sources).columns);
  }

  /** A literal that may equal values of the column. */
  constant(column: Seen): string {
    const random = this.#random;
    const roll = random(100);
    if (roll < 4) return 'null';
    if (roll < 10)
      return literal(randomValue(random, pick(random, ['TEXT', 'INTEGER', 'BIGINT', 'DOUBLE', 'BLOB'] as const)));
    const common = column.values.length > 0 && chance(random, 60);
    const value = literal(common ? pick(random, column.values) : randomValue(random, column.type));
    if (roll < 14 && column.type !== 'BLOB') return `cast(${value} as text)`;
    if (roll < 16 && column.type === 'INTEGER' && value !== 'null') return `${value}.0`;
    return value;
  }

  /** A condition. */
  any(sources: readonly Source[], depth = 2): string {
    const random = this.#random;
    if (depth > 0 && chance(random, 40)) {
      const [left, right] = [this.any(sources, depth - 1), this.any(sources, depth - 1)];
      if (chance(random, 12)) return `not (${left})`;
      return `(${left} ${chance(random, 50) ? 'and' : 'or'} ${right})`;
    }
    return chance(random, depth > 1 ? 22 : 8) ? this.#nested(sources, depth - 1) : this.simple(sources);
  }

  /** A condition of one term. */
  simple(sources: readonly Source[]): string {
    const random = this.#random;
    const column = this.column(sources);
    const { sql } = column;
    const not = (percent: number): string => (chance(random, percent) ? 'not ' : '');
    const forms = [
      ...Array.from({ length: 3 }, () => () => `${sql} = ${this.constant(column)}`),
      () => `${sql} ${pick(random, compared)} ${this.constant(column)}`,
      () => `${this.constant(column)} ${pick(random, compared)} ${sql}`,
      ...Array.from({ length: 2 }, () => () => this.#list(column)),
      () => `${sql} ${not(25)}like ${this.#pattern()}`,
      () => `${sql} ${not(25)}glob ${literal(pick(random, globs))}`,
      () => `${sql} is ${not(50)}null`,
      () => `${sql} ${not(20)}between ${this.constant(column)} and ${this.constant(column)}`,
      () => `${sql} ${pick(random, compared)} ${this.column(sources).sql}`,
      () => this.#computed(column, sources),
      () => this.#vector(column, sources),
    ];
    return pick(random, forms)();
  }

  /** A condition that joins tables, mostly by equal columns. */
  join(left: readonly Source[], right: Source): string {
    const random = this.#random;
    const one = this.column(left);
    const alike = right.columns.filter(({ type }) => (type === 'TEXT') === (one.type === 'TEXT'));
    const other = pick(random, alike.length > 0 ? alike : right.columns);
    const [a, b] = chance(random, 50) ? [one, other] : [other, one];
    const first = `${a.sql} ${chance(random, 90) ? '=' : pick(random, compared)} ${b.sql}`;
    return chance(random, 25)
      ? `${first} ${chance(random, 80) ? 'and' : 'or'} ${this.simple([...left, right])}`
      : first;
  }

  /** A condition that meets the required columns of a table, where it has some. */
  required({ columns }: Source): string | undefined {
    const needed = columns.filter(({ required }) => required);
    if (needed.length === 0) return undefined;
    const column = pick(this.#random, needed);
    return chance(this.#random, 50) ? this.#list(column) : `${column.sql} = ${this.constant(column)}`;
  }

  #pattern(): string {
    const escaping = chance(this.#random, 10) ? " escape '\\'" : '';
    return `${literal(pick(this.#random, patterns))}${escaping}`;
  }

  #list(column: Seen): string {
    const values = Array.from({ length: chance(this.#random, 5) ? 0 : 1 + this.#random(4) }, () =>
      this.constant(column),
    );
    return `${column.sql} ${chance(this.#random, 12) ? 'not ' : ''}in (${values.join(', ')})`;
  }

  #computed(column: Seen, sources: readonly Source[]): string {
    const random = this.#random;
    const { sql } = column;
    const collation = pick(random, collations);
    return pick(random, [
      `length(${sql}) = ${random(4)}`,
      `typeof(${sql}) = '${pick(random, ['text', 'integer', 'real', 'null', 'blob'])}'`,
      `lower(${sql}) = ${literal(randomValue(random, 'TEXT'))}`,
      `coalesce(${sql}, ${this.constant(column)}) = ${this.constant(column)}`,
      `+${sql} = ${this.constant(column)}`,
      `${sql} + 1 > ${random(4)}`,
      `${sql} = ${this.constant(column)} collate ${collation}`,
      `${sql} collate ${collation} ${pick(random, compared)} ${this.constant(column)}`,
      `${sql} collate ${collation} = ${this.column(sources).sql}`,
      `cast(${sql} as text) = ${literal(randomValue(random, 'TEXT'))}`,
      sql,
      `case when ${sql} > ${this.constant(column)} then ${sql} else 1 end`,
      chance(random, 50) ? '1' : 'null',
    ]);
  }

  #vector(column: Seen, sources: readonly Source[]): string {
    const random = this.#random;
    const other = this.column(sources);
    const [left, right] = [`(${column.sql}, ${other.sql})`, `(${this.constant(column)}, ${this.constant(other)})`];
    const operator = pick(random, ['=', '=', '<', '>=', '<>', 'is']);
    if (chance(random, 60)) return `${left} ${operator} ${right}`;
    return `${left} in (values ${right}, (${this.constant(column)}, ${this.constant(other)}))`;
  }

  /**
   * A column whose values another may be among. SQLite asks an extension's table for one value after the other and compares text with
   * numbers as text then, as it does in osquery, where plain tables have it compared as numbers.
   */
  #member(column: Seen, { columns }: Source): string {
    if (!column.remote) return pick(this.#random, columns).sql;
    const alike = columns.filter(({ type }) => (type === 'TEXT') === (column.type === 'TEXT'));
    return alike.length > 0 ? pick(this.#random, alike).sql : 'null';
  }

  #nested(sources: readonly Source[], depth: number): string {
    const random = this.#random;
    const table = this.table();
    const inner = sourceOf(table, this.alias());
    const outer = this.column(sources);
    const column = pick(random, inner.columns);
    const correlated = chance(random, 60) ? `${column.sql} = ${outer.sql}` : undefined;
    const conditions = [
      this.required(inner),
      correlated,
      chance(random, 50) ? this.any([inner, ...sources], depth) : undefined,
    ];
    const where = conditions.filter(condition => condition !== undefined).join(' and ');
    const from = `from ${table.name} ${inner.alias}${where === '' ? '' : ` where ${where}`}`;
    const not = chance(random, 30) ? 'not ' : '';
    const shown = isBinary(column) ? column.sql : `${column.sql} collate binary`;
    return pick(random, [
      `${not}exists (select 1 ${from})`,
      `${outer.sql} ${not}in (select ${this.#member(outer, inner)} ${from})`,
      `${outer.sql} ${pick(random, ['=', '<', '>='])} (select ${pick(random, ['min', 'max'])}(${shown}) ${from})`,
      `(select count(*) ${from}) ${pick(random, ['=', '>', '<='])} ${random(4)}`,
    ]);
  }
}
