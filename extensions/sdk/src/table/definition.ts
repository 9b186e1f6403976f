import { seal } from '../definition.ts';
import type { Platform } from '../platform.ts';
import { buildSchema } from './build.ts';
import { checkTable } from './check.ts';
import type { TableContext } from './context.ts';
import type { Columns, Row, TableAttributes, TableSchema } from './schema.ts';

/** Keys of a row that are no column: present ones must be `never`, so that the compiler refuses them. */
type NoOtherKeys<C extends Columns, R> = R extends unknown
  ? { readonly [Name in Exclude<keyof R, keyof C | 'rowid'>]: never }
  : never;

/** What a generator gives: rows at once, one by one, or either of them asynchronously. */
export type Generated<R> = Iterable<R> | Promise<Iterable<R>> | AsyncIterable<R>;

/** What a writable table's handler may give back: now or later. */
export type Awaitable<T> = T | Promise<T>;

/** How rows of a table are added, changed and removed. A handler that throws fails the statement with the error's message. */
export interface TableWriter<C extends Columns = Columns> {
  /** Adds a row and returns its rowid. `rowid` is the one the statement asks for; undefined leaves the choice to the table. */
  insert?(row: Row<C>, rowid: number | bigint | undefined): Awaitable<number | bigint>;
  /** Replaces the row `rowid`; `row` holds every column. `newRowid` differs from `rowid` when the statement changes it. */
  update?(rowid: number | bigint, row: Row<C>, newRowid: number | bigint): Awaitable<void>;
  /** Removes the row `rowid`. */
  delete?(rowid: number | bigint): Awaitable<void>;
}

/** What a table's author writes. */
export interface TableSpec<C extends Columns, R extends Row<C>> extends TableWriter<C> {
  /** Lower-case letters, digits and underscores, as it stands in a query. */
  readonly name: string;
  /** Other names of the table. */
  readonly aliases?: readonly string[];
  /** One sentence: what a row is. */
  readonly description: string;
  /** Where the table exists; everywhere, when left out. */
  readonly platforms?: readonly Platform[];
  readonly attributes?: TableAttributes;
  /** Queries worth knowing. */
  readonly examples?: readonly string[];
  /** Columns, in the order of `select *`. */
  readonly columns: C;
  /** Columns in whose ascending order the rows come; SQLite then need not sort. */
  readonly order?: readonly (keyof C & string)[];
  /** Columns whose `=` and `IN` constraints `generate` applies exactly. */
  readonly exact?: readonly (keyof C & string)[];
  /**
   * Makes the rows. A plain function or `function*` runs in the thread of the query; an `async` one in the plugin host. A plain
   * function that returns a promise must say `asynchronous: true`.
   */
  generate(context: TableContext<C>): Generated<R & NoOtherKeys<C, R>>;
  /** Set where the form of `generate` does not show that it is asynchronous. */
  readonly asynchronous?: boolean;
}

/** A table, checked: made by {@link defineTable} only. */
export interface TableDefinition<C extends Columns = Columns> extends TableWriter<C> {
  readonly kind: 'table';
  readonly name: string;
  readonly schema: TableSchema;
  /** Whether `generate` needs an event loop, so that it must not run in a query thread. */
  readonly asynchronous: boolean;
  generate(context: TableContext<C>): Generated<Row<C>>;
}

const asynchronousForms = new Set(['AsyncFunction', 'AsyncGeneratorFunction']);

function isAsynchronous(generate: unknown): boolean {
  return typeof generate === 'function' && asynchronousForms.has(generate.constructor.name);
}

/**
 * Defines a table. The compiler checks that the rows fit the columns; everything else is checked here.
 *
 * @throws OutpostError DEFINITION_INVALID, naming every fault at once.
 */
export function defineTable<const C extends Columns, R extends Row<C>>(spec: TableSpec<C, R>): TableDefinition<C> {
  checkTable(spec);
  const { insert, update } = spec;
  const remove = spec.delete;
  return seal<TableDefinition<C>>({
    kind: 'table',
    name: spec.name,
    schema: buildSchema(spec),
    asynchronous: spec.asynchronous ?? isAsynchronous(spec.generate),
    generate: context => spec.generate(context),
    ...(insert && { insert: (row, rowid) => insert.call(spec, row, rowid) }),
    ...(update && { update: (rowid, row, newRowid) => update.call(spec, rowid, row, newRowid) }),
    ...(remove && { delete: rowid => remove.call(spec, rowid) }),
  });
}
