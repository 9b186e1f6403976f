// The module of one random table, named by its URL: `?seed=SEED&table=INDEX`. The definition is made from that, in whatever thread loads it.
import {
  type Columns,
  type Constraint,
  type ConstraintOperator,
  defineTable,
  type Row,
  type TableContext,
  type TableDefinition,
} from '@outpost/sdk';
import { compareValues, type RandomColumn, type RandomTable, tablesOf, type Value } from './random-queries-schema.ts';

const columnsOf = (columns: readonly RandomColumn[]): Columns =>
  Object.fromEntries(
    columns.map(({ name, type, collate, ...flags }) => [
      name,
      { type, description: 'A column', options: { ...flags, ...(collate !== undefined && { collate }) } },
    ]),
  );

const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

const bounds: Partial<Record<ConstraintOperator, (order: number) => boolean>> = {
  '<': order => order < 0,
  '<=': order => order <= 0,
  '>': order => order > 0,
  '>=': order => order >= 0,
};

/** Whether a value may satisfy a constraint other than `=`; true wherever there is doubt. */
const mayHold = (value: Value, { op, values }: Constraint, { type, collate }: RandomColumn): boolean => {
  if (op === 'is null') return value === null;
  if (op === 'is not null') return value !== null;
  const bound = bounds[op];
  if (bound === undefined) return true;
  if (value === null) return false;
  const [limit] = values;
  const binaryText = type === 'TEXT' && (collate === undefined || collate === 'binary');
  const comparable = isNumber(value) ? isNumber(limit) : binaryText && typeof limit === 'string';
  return !comparable || bound(compareValues(value, limit as Value));
};

const equalValues = (left: Value, right: unknown): boolean =>
  (isNumber(left) ? isNumber(right) : typeof left === typeof right) && compareValues(left, right as Value) === 0;

/** Leaves some rows out that do not match, and never one that does: what remains shares its text's length, or its last bit, with a wanted value. */
const resembles = (value: Value, wanted: readonly unknown[], { collate }: RandomColumn): boolean => {
  if (value === null) return wanted.length === 0;
  if (collate !== undefined && collate !== 'binary') return true;
  return wanted.some(other => {
    if (isNumber(value) && isNumber(other)) return Object.is(Number(value) % 2, Number(other) % 2);
    if (typeof value === 'string' && typeof other === 'string') return value.length === other.length;
    return equalValues(value, other);
  });
};

const wantedRow = (table: RandomTable, context: TableContext, row: readonly Value[]): boolean =>
  table.columns.every((column, at) => {
    const value = row[at] ?? null;
    const wanted = context.equals(column.name);
    const heed = table.heedsEqual[at];
    if (
      wanted !== undefined &&
      heed === 'exactly' &&
      !wanted.some(other => value !== null && equalValues(value, other))
    )
      return false;
    if (wanted !== undefined && heed === 'roughly' && !resembles(value, wanted, column)) return false;
    if (table.heedsOther[at] !== true) return true;
    return context.constraints.filter(({ column: name }) => name === column.name).every(c => mayHold(value, c, column));
  });

const rowOf = ({ columns, sparse }: RandomTable, context: TableContext, values: readonly Value[]): Row => {
  const row: Record<string, Value> = {};
  for (const [at, { name, type }] of columns.entries()) {
    const value = values[at] ?? null;
    const isMissing = type === 'TEXT' || type === 'BLOB' ? value === '' : value === null;
    if (!sparse || (context.used(name) && !isMissing)) row[name] = value;
  }
  return row as Row;
};

function* generate(table: RandomTable, context: TableContext): Generator<Row> {
  let left = table.heedsLimit ? (context.limit ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  for (const row of table.rows) {
    if (left <= 0) return;
    if (!wantedRow(table, context, row)) continue;
    left -= 1;
    yield rowOf(table, context, row);
  }
}

/** The definition of a random table. */
export const definitionOf = (table: RandomTable): TableDefinition => {
  const { name, kind, order, exact } = table;
  const asynchronous = kind === 'host';
  return defineTable({
    name,
    description: 'A random table.',
    columns: columnsOf(table.columns),
    order,
    exact,
    asynchronous,
    generate: context => (asynchronous ? Promise.resolve([...generate(table, context)]) : generate(table, context)),
  }) as TableDefinition;
};

const { searchParams } = new URL(import.meta.url);
const seed = searchParams.get('seed');

/** The definition that the URL names; undefined where it names none. */
export const table =
  seed === null ? undefined : definitionOf(tablesOf(Number(seed))[Number(searchParams.get('table'))] as RandomTable);
