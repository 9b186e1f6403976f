// Random SELECT statements over the tables of a world.
import { isBinary, literal, PredicateMaker, type Seen, type Source, sourceOf } from './random-queries-predicate.ts';
import { chance, pick, type Random, type RandomTable, randomValue } from './random-queries-schema.ts';

/** A statement, and how its result can be judged. */
export interface Statement {
  /** What the engine runs. */
  readonly sql: string;
  /** The same for plain tables, which have no hidden columns. */
  readonly plainSql: string;
  /** Whether the rows have to come in the same order. */
  readonly ordered: boolean;
  /** For a limit without an order: how many rows may come of those of `plainSql`, which then has no limit. */
  readonly cut?: { readonly limit: number; readonly offset: number };
}

/** Something that a statement selects. */
interface Output {
  readonly sql: string;
  /** What makes rows with different values of it come in a certain order. */
  readonly order: readonly string[];
}

/** `*` of a table, written out for plain tables. */
const star = ({ alias, columns }: Source): string => {
  const shown = columns.filter(({ hidden }) => !hidden).map(({ sql }) => sql);
  return `<${alias}.*|${shown.join(', ')}>`;
};
const forEngine = (sql: string): string => sql.replaceAll(/<(\w+\.\*)\|[^>]*>/g, '$1');
const forPlain = (sql: string): string => sql.replaceAll(/<\w+\.\*\|([^>]*)>/g, '$1');

const binary = (column: Seen): string => (isBinary(column) ? column.sql : `${column.sql} collate binary`);
const isInteger = ({ type }: Seen): boolean => type !== 'TEXT' && type !== 'DOUBLE' && type !== 'BLOB';
const classOf = (column: Seen): string => (isInteger(column) ? 'integer' : column.type);
const typed = (column: Seen): Output => ({ sql: column.sql, order: [binary(column)] });

const where = (conditions: readonly (string | undefined)[]): string => {
  const some = conditions.filter(condition => condition !== undefined);
  return some.length === 0 ? '' : ` where ${some.join(' and ')}`;
};

/** How many combinations of rows a join may have. */
const mostPairs = 20_000;

/** Makes statements over tables of a world. */
export class StatementMaker {
  readonly #random: Random;
  readonly #tables: readonly RandomTable[];
  readonly #predicates: PredicateMaker;

  constructor(random: Random, tables: readonly RandomTable[]) {
    this.#random = random;
    this.#tables = tables;
    this.#predicates = new PredicateMaker(random, tables);
  }

  /** A statement. */
  any(): Statement {
    const roll = this.#random(100);
    if (roll < 45) return this.#select();
    if (roll < 60) return this.#inOrder();
    if (roll < 75) return this.#aggregate();
    if (roll < 85) return this.#distinct();
    return this.#compound();
  }

  #statement(sql: string, ordered: boolean): Statement {
    return { sql: forEngine(sql), plainSql: forPlain(sql), ordered };
  }

  #limit(): string {
    const random = this.#random;
    const offset = chance(random, 40) ? ` offset ${random(4)}` : '';
    return chance(random, 70) ? ` limit ${random(8)}${offset}` : '';
  }

  /** A table, or a view of one: a subquery in its place. */
  #source(most = Number.POSITIVE_INFINITY): { readonly source: Source; readonly sql: string; readonly rows: number } {
    const random = this.#random;
    const table = this.#predicates.table(most);
    const rows = table.rows.length;
    const alias = this.#predicates.alias();
    const source = sourceOf(table, alias);
    if (!chance(random, 15)) return { source, sql: `${table.name} ${alias}`, rows };
    const inner = sourceOf(table, this.#predicates.alias());
    const conditions = where([this.#predicates.required(inner), this.#maybe([inner])]);
    const picked = inner.columns.filter(() => chance(random, 60));
    const columns = picked.length > 0 ? picked : inner.columns.slice(0, 1);
    const names = columns.map(({ sql }) => sql.split('.')[1] ?? '');
    const distinct = columns.every(isBinary) && chance(random, 20) ? 'distinct ' : '';
    const sql = `(select ${distinct}${columns.map(c => c.sql).join(', ')} from ${table.name} ${inner.alias}${conditions}) ${alias}`;
    const seen = columns.map((column, at) => ({
      ...column,
      sql: `${alias}.${names[at]}`,
      hidden: false,
      required: false,
    }));
    return { source: { alias, columns: seen }, sql, rows };
  }

  /** A FROM clause with joins, and conditions. */
  #from(most = 3): { readonly sources: readonly Source[]; readonly sql: string } {
    const random = this.#random;
    const first = this.#source();
    let rows = first.rows;
    const sources = [first.source];
    const conditions: (string | undefined)[] = [this.#predicates.required(first.source)];
    let sql = first.sql;
    const count = chance(random, 50) ? 1 : Math.min(most, 2 + random(2));
    while (sources.length < count) {
      const next = this.#source(mostPairs / Math.max(1, rows));
      rows *= Math.max(1, next.rows);
      const join = pick(random, [
        ', ',
        ' join ',
        ' join ',
        ' left join ',
        ' left join ',
        ' cross join ',
        ' right join ',
        ' full join ',
      ]);
      const on = this.#predicates.join(sources, next.source);
      sql += `${join}${next.sql}`;
      const required = this.#predicates.required(next.source);
      const all = required === undefined ? on : `${on} and ${required}`;
      if (join === ', ') conditions.push(all);
      else sql += ` on ${all}`;
      sources.push(next.source);
    }
    return { sources, sql: ` from ${sql}${where([...conditions, this.#maybe(sources)])}` };
  }

  #maybe(sources: readonly Source[]): string | undefined {
    return chance(this.#random, 70) ? this.#predicates.any(sources) : undefined;
  }

  #output(sources: readonly Source[]): Output {
    const random = this.#random;
    const column = this.#predicates.column(sources);
    if (chance(random, 60)) return typed(column);
    const { sql } = column;
    const other = this.#predicates.column(sources);
    const computed = pick(random, [
      ...[`length(${sql})`, `typeof(${sql})`, `upper(${sql})`, `hex(${sql})`, `quote(${sql})`, `substr(${sql}, 2, 1)`],
      ...[
        `coalesce(${sql}, ${other.sql})`,
        `nullif(${sql}, ${this.#predicates.constant(column)})`,
        `${sql} || ${other.sql}`,
      ],
      ...[`${sql} + ${other.sql}`, `${sql} - 1`, `${sql} * 2`, `-${sql}`, `not ${sql}`, `cast(${sql} as integer)`],
      ...[
        `${sql} = ${other.sql}`,
        `${sql} is ${other.sql}`,
        `iif(${sql} > ${this.#predicates.constant(column)}, ${sql}, ${other.sql})`,
      ],
      ...[
        `min(${sql}, 2)`,
        `instr(${sql}, 'a')`,
        `round(${sql}, 1)`,
        literal(randomValue(random, 'TEXT')),
        this.#scalar(sources),
      ],
    ]);
    return { sql: computed, order: [`(${computed}) collate binary`, `typeof(${computed})`] };
  }

  /** A subquery that gives one value. */
  #scalar(sources: readonly Source[]): string {
    const table = this.#predicates.table();
    const source = sourceOf(table, this.#predicates.alias());
    const correlated = this.#predicates.join(sources, source);
    return `(select count(*) from ${table.name} ${source.alias}${where([correlated, this.#predicates.required(source)])})`;
  }

  #select(): Statement {
    const random = this.#random;
    const { sources, sql: from } = this.#from();
    const outputs = Array.from({ length: 1 + random(4) }, () => this.#output(sources));
    const visible = sources.filter(({ columns }) => columns.some(({ hidden }) => !hidden));
    const all = visible.length > 0 && chance(random, 25) ? pick(random, visible) : undefined;
    const shown = all === undefined ? [] : all.columns.filter(({ hidden }) => !hidden).map(typed);
    const list = [...(all === undefined ? [] : [star(all)]), ...outputs.map(({ sql }) => sql)].join(', ');
    const sql = `select ${list}${from}`;
    if (chance(random, 60)) return chance(random, 25) ? this.#cut(sql) : this.#statement(sql, false);
    const first = Array.from({ length: random(3) }, () => this.#term(this.#predicates.column(sources).sql));
    const total = [...first, ...[...shown, ...outputs].flatMap(({ order }) => order)];
    return this.#statement(`${sql} order by ${total.join(', ')}${this.#limit()}`, true);
  }

  #term(sql: string): string {
    const direction = pick(this.#random, ['', '', ' desc', ' asc']);
    return `${sql}${direction}${chance(this.#random, 8) ? ' nulls last' : ''}`;
  }

  #cut(sql: string): Statement {
    const [limit, offset] = [this.#random(8), chance(this.#random, 40) ? this.#random(4) : 0];
    const { sql: whole, plainSql } = this.#statement(sql, false);
    return {
      sql: `${whole} limit ${limit}${offset > 0 ? ` offset ${offset}` : ''}`,
      plainSql,
      ordered: false,
      cut: { limit, offset },
    };
  }

  /** One table in the order in which its rows come, where it tells one: then nothing is sorted, and a limit reaches the table. */
  #inOrder(): Statement {
    const random = this.#random;
    const ordered = this.#tables.filter(({ order }) => order.length > 0);
    const table = pick(random, ordered.length > 0 ? ordered : this.#tables);
    const source = sourceOf(table, this.#predicates.alias());
    const keys = table.order.slice(0, 1 + random(table.order.length));
    const named = source.columns.filter(({ sql }) => keys.includes(sql.split('.')[1] ?? ''));
    const columns = named.length > 0 ? named : [pick(random, source.columns)];
    const sorted = keys.length > 0 ? keys.map(key => `${source.alias}.${key}`) : columns.map(binary);
    const exact = source.columns.filter(({ sql }) => table.exact.includes(sql.split('.')[1] ?? ''));
    const one = exact.length > 0 ? pick(random, exact) : undefined;
    const matches =
      one === undefined
        ? undefined
        : `${one.sql} in (${[1, 2, 3].map(() => this.#predicates.constant(one)).join(', ')})`;
    const conditions = where([
      this.#predicates.required(source),
      matches,
      chance(random, 40) ? this.#predicates.simple([source]) : undefined,
    ]);
    const direction = chance(random, 15) ? ' desc' : '';
    const order = sorted.map(term => `${term}${direction}`).join(', ');
    const list = columns.map(({ sql }) => sql).join(', ');
    return this.#statement(
      `select ${list} from ${table.name} ${source.alias}${conditions} order by ${order}${this.#limit()}`,
      true,
    );
  }

  #aggregate(): Statement {
    const random = this.#random;
    const { sources, sql: from } = this.#from();
    const outputs = Array.from({ length: 1 + random(3) }, () => this.#summary(this.#predicates.column(sources)));
    const keys = Array.from({ length: random(3) }, () => binary(this.#predicates.column(sources)));
    const group = keys.length === 0 ? '' : ` group by ${keys.join(', ')}`;
    const having = keys.length > 0 && chance(random, 30) ? ` having count(*) > ${random(3)}` : '';
    const nocase = keys.length === 0 && chance(random, 20) ? ` group by ${this.#predicates.column(sources).sql}` : '';
    return this.#statement(`select ${[...keys, ...outputs].join(', ')}${from}${group}${nocase}${having}`, false);
  }

  #summary(column: Seen): string {
    const { sql } = column;
    const filter = chance(this.#random, 15) ? ` filter (where ${sql} is not null)` : '';
    return pick(this.#random, [
      ...['count(*)', `count(${sql})`, `count(distinct ${sql})`, `min(${binary(column)})`, `max(${binary(column)})`],
      ...[`sum(cast(${sql} as integer) % 64)`, `avg(length(${sql}))`, `total(cast(${sql} as integer) % 64)`],
      `count(*)${filter}`,
      ...(isInteger(column) || column.type === 'TEXT' ? [`group_concat(${sql}, '|' order by ${binary(column)})`] : []),
    ]);
  }

  #distinct(): Statement {
    const random = this.#random;
    const { sources, sql: from } = this.#from(2);
    const outputs = Array.from({ length: 1 + random(3) }, () => binary(this.#predicates.column(sources)));
    const sql = `select distinct ${outputs.join(', ')}${from}`;
    if (chance(random, 60)) return this.#statement(sql, false);
    return this.#statement(
      `${sql} order by ${outputs.map((_, at) => this.#term(String(at + 1))).join(', ')}${this.#limit()}`,
      true,
    );
  }

  /** Selects whose columns are of the same kinds. */
  #compound(): Statement {
    const random = this.#random;
    const first = this.#from(2);
    const columns = Array.from({ length: 1 + random(2) }, () => this.#predicates.column(first.sources));
    let sql = `select ${columns.map(binary).join(', ')}${first.sql}`;
    let arms = 0;
    for (let left = 1 + random(2); left > 0; left--) {
      const arm = this.#from(2);
      const seen = arm.sources.flatMap(source => source.columns);
      const alike = columns.map(column => seen.filter(other => classOf(other) === classOf(column)));
      const list = alike.map(some => (some.length > 0 ? binary(pick(random, some)) : 'null'));
      sql += ` ${pick(random, ['union', 'union all', 'union all', 'intersect', 'except'])} select ${list.join(', ')}${arm.sql}`;
      arms += 1;
    }
    if (arms > 0 && chance(random, 60)) return this.#statement(sql, false);
    return this.#statement(
      `${sql} order by ${columns.map((_, at) => this.#term(String(at + 1))).join(', ')}${this.#limit()}`,
      true,
    );
  }
}
