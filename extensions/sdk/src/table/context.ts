import { type FileView, machineFiles } from './files.ts';
import type { Column, Columns, ColumnType, SqlValue, TableSchema, ValueOfType } from './schema.ts';
import { convertValue } from './values.ts';

/** How a constraint compares. */
export type ConstraintOperator =
  | '='
  | '<'
  | '<='
  | '>'
  | '>='
  | '!='
  | 'like'
  | 'glob'
  | 'regexp'
  | 'match'
  | 'is'
  | 'is not'
  | 'is null'
  | 'is not null';

/** One constraint of a query on a column of the table. */
export interface Constraint<Name extends string = string> {
  readonly column: Name;
  readonly op: ConstraintOperator;
  /** One value; several for `IN` (whose operator is `=`); none for `is null` and `is not null`. */
  readonly values: readonly SqlValue[];
}

/** One term of the query's ORDER BY. */
export interface OrderTerm<Name extends string = string> {
  readonly column: Name;
  readonly descending: boolean;
}

type NameOf<C extends Columns> = keyof C & string;
type ValueIn<C extends Columns, Name extends keyof C> =
  C[Name] extends Column<infer T extends ColumnType> ? ValueOfType<T> : never;

/**
 * What a query wants of a table. Everything in it is a hint except `signal`: SQLite checks the rows again, so a generator may
 * ignore all of it and be right, only slower.
 */
export interface TableContext<C extends Columns = Columns> {
  /**
   * The values a column must have (`=` and `IN`), as the column's type holds them; undefined when the query does not say.
   * Values that no row can have (text in a number column) are left out, so an empty list means: no rows.
   */
  equals<Name extends NameOf<C>>(column: Name): readonly ValueIn<C, Name>[] | undefined;
  /** Every constraint, in the query's order. */
  readonly constraints: readonly Constraint<NameOf<C>>[];
  /** The LIKE patterns on a column; empty when there are none. */
  like(column: NameOf<C>): readonly string[];
  /** Whether the query reads the column. Skip what is costly to find out and not used. */
  used(column: NameOf<C>): boolean;
  /** How many rows are enough, known only where every constraint is applied exactly; else undefined. */
  readonly limit: number | undefined;
  /** The order the query wants; rows may come in any. */
  readonly orderBy: readonly OrderTerm<NameOf<C>>[];
  /** Whether the query was given up. A long synchronous generator looks at it now and then and returns. */
  readonly aborted: boolean;
  /** Fires when the query is given up: by its caller, where that can be heard, or since its deadline passed. */
  readonly signal: AbortSignal;
  /** The files of the machine. Tables read files through it and nothing else. */
  readonly files: FileView;
  /**
   * A setting of the agent that the table is told of: a flag, a key of the configuration as JSON (a list with what each source says), or
   * `host_uuid`. Undefined where the agent did not tell, as in a process of its own.
   */
  setting(name: string): string | undefined;
  /** Says on the status log that something is not as it should be; the query goes on. */
  warn(message: string): void;
}

/** What a table is told of the agent's settings, by their names. */
export type TableSettings = Readonly<Record<string, string>>;

/** What {@link tableContext} is made from. */
export interface ContextInput {
  readonly constraints?: readonly Constraint[];
  /** Names of the columns the query reads; all, when left out. */
  readonly used?: Iterable<string>;
  readonly limit?: number | undefined;
  readonly orderBy?: readonly OrderTerm[];
  /** Reads whether the query was given up; the signal's state, when left out. */
  readonly aborted?: () => boolean;
  readonly signal?: AbortSignal;
  readonly files?: FileView;
  readonly settings?: TableSettings;
  readonly warn?: (message: string) => void;
}

const ignore = (): void => undefined;

type RowValue = ValueOfType<ColumnType>;

const same = (left: RowValue, right: RowValue): boolean =>
  left === right || (left instanceof Uint8Array && right instanceof Uint8Array && Buffer.compare(left, right) === 0);

const includes = (values: readonly RowValue[], value: RowValue): boolean => values.some(other => same(other, value));

/** The distinct values of a constraint that a column of the type can hold. */
function convertAll(type: ColumnType, values: readonly SqlValue[]): RowValue[] {
  const converted = values.map(value => convertValue(type, value)).filter(value => value !== undefined);
  if (type !== 'BLOB') return [...new Set(converted)];
  return converted.filter((value, index) => converted.findIndex(other => same(other, value)) === index);
}

type ColumnTypes = ReadonlyMap<string, ColumnType | 'UNKNOWN'>;

/** Made once for a schema: a join makes a context for each row of its other side. */
const typesMade = new WeakMap<TableSchema, ColumnTypes>();

function typesOf(schema: TableSchema): ColumnTypes {
  const made = typesMade.get(schema);
  if (made !== undefined) return made;
  const types = new Map(schema.columns.map(({ name, type }) => [name, type]));
  typesMade.set(schema, types);
  return types;
}

class QueryContext implements TableContext {
  readonly constraints: readonly Constraint[];
  readonly limit: number | undefined;
  readonly orderBy: readonly OrderTerm[];
  readonly files: FileView;
  readonly warn: (message: string) => void;
  readonly #types: ColumnTypes;
  readonly #used: ReadonlySet<string> | undefined;
  readonly #aborted: (() => boolean) | undefined;
  readonly #settings: TableSettings;
  #signal: AbortSignal | undefined;

  constructor(schema: TableSchema, input: ContextInput) {
    this.#types = typesOf(schema);
    this.constraints = input.constraints ?? [];
    this.limit = input.limit;
    this.orderBy = input.orderBy ?? [];
    this.files = input.files ?? machineFiles;
    this.warn = input.warn ?? ignore;
    this.#used = input.used === undefined ? undefined : new Set(input.used);
    this.#aborted = input.aborted;
    this.#settings = input.settings ?? {};
    this.#signal = input.signal;
  }

  equals(column: string): readonly RowValue[] | undefined {
    const type = this.#types.get(column);
    if (type === undefined || type === 'UNKNOWN') return undefined;
    let found: RowValue[] | undefined;
    for (const constraint of this.constraints) {
      if (constraint.column !== column || constraint.op !== '=') continue;
      const values = convertAll(type, constraint.values);
      found = found === undefined ? values : values.filter(value => includes(found ?? [], value));
    }
    return found;
  }

  like(column: string): readonly string[] {
    return this.constraints
      .filter(constraint => constraint.column === column && constraint.op === 'like')
      .flatMap(constraint => constraint.values.map(String));
  }

  used(column: string): boolean {
    return this.#used === undefined || this.#used.has(column);
  }

  setting(name: string): string | undefined {
    return Object.hasOwn(this.#settings, name) ? this.#settings[name] : undefined;
  }

  get signal(): AbortSignal {
    this.#signal ??= new AbortController().signal;
    return this.#signal;
  }

  get aborted(): boolean {
    return this.#aborted === undefined ? this.#signal?.aborted === true : this.#aborted();
  }
}

/** Makes the context a generator is called with. `schema` gives the types that {@link TableContext.equals} converts to. */
export function tableContext(schema: TableSchema, input: ContextInput = {}): TableContext {
  return new QueryContext(schema, input);
}
