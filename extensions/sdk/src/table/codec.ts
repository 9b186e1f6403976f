import { constraintOperators } from '@outpost/protocol';
import { jsonString } from './bytes.ts';
import type { Constraint, ConstraintOperator, ContextInput } from './context.ts';
import type { ColumnSchema, SqlValue, TableSchema } from './schema.ts';
import { convertValue, valueText } from './values.ts';

const codes: Readonly<Record<ConstraintOperator, number>> = {
  '=': constraintOperators.equals,
  '<': constraintOperators.lessThan,
  '<=': constraintOperators.lessThanOrEquals,
  '>': constraintOperators.greaterThan,
  '>=': constraintOperators.greaterThanOrEquals,
  '!=': constraintOperators.notEquals,
  like: constraintOperators.like,
  glob: constraintOperators.glob,
  regexp: constraintOperators.regexp,
  match: constraintOperators.match,
  is: constraintOperators.is,
  'is not': constraintOperators.isNot,
  'is null': constraintOperators.isNull,
  'is not null': constraintOperators.isNotNull,
};

const operators = new Map(Object.entries(codes).map(([operator, code]) => [code, operator as ConstraintOperator]));

/** The protocol's code of an operator. */
export const operatorCode = (operator: ConstraintOperator): number => codes[operator];

/** The operator of a code; undefined for LIMIT, OFFSET and codes that mean nothing to a table. */
export const operatorOfCode = (code: number): ConstraintOperator | undefined => operators.get(code);

/** One constraint as it travels: the operator's code (LIMIT and OFFSET included) and the value as text. */
export interface WireConstraint {
  readonly column: string;
  readonly op: number;
  readonly expr: string;
}

/** Constraints as they travel: one entry for each value. NULL does not travel. */
export function wireConstraints(constraints: readonly Constraint[]): WireConstraint[] {
  return constraints.flatMap(({ column, op, values }) =>
    values
      .map(valueText)
      .filter(expr => expr !== undefined)
      .map(expr => ({ column, op: codes[op], expr })),
  );
}

/**
 * The JSON of a `generate` request's `context`: an entry for every column and column alias, sorted by name, and the used columns.
 * `used` are real column names; the bit set has a bit for each (the last one for all from column 63 on).
 */
export function encodeContext(
  schema: TableSchema,
  constraints: readonly WireConstraint[],
  used: readonly string[] = schema.columns.map(({ name }) => name),
): string {
  const lists = Map.groupBy(constraints, ({ column }) => column);
  const entry = (name: string, affinity: string): string => {
    const list = (lists.get(name) ?? []).map(({ op, expr }) => `{"op":${op},"expr":${jsonString(expr)}}`);
    return `{"name":${JSON.stringify(name)},"list":[${list.join(',')}],"affinity":${JSON.stringify(affinity)}}`;
  };
  const entries = schema.columns
    .flatMap(
      column => [[column.name, column.type], ...column.aliases.map(alias => [alias, 'UNKNOWN'])] as [string, string][],
    )
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, affinity]) => entry(name, affinity));
  const bits = usedBits(schema, used);
  return `{"constraints":[${entries.join(',')}],"colsUsed":${JSON.stringify(used)},"colsUsedBitset":${bits}}`;
}

function usedBits(schema: TableSchema, used: readonly string[]): bigint {
  const names = new Set(used);
  let bits = 0n;
  schema.columns.forEach(({ name }, index) => {
    if (names.has(name)) bits |= 1n << BigInt(Math.min(index, 63));
  });
  return bits;
}

/**
 * Reads a request's `context`. LIMIT and OFFSET are left out: version 1 of the protocol sends them though other constraints are
 * still to be checked, so a table must not act on them. A column that is constrained with several `=` has one of the values.
 *
 * @throws SyntaxError when the text is not JSON. What has not the expected form is taken as absent.
 */
export function decodeContext(schema: TableSchema, json: string | undefined): ContextInput {
  if (json === undefined || json === '') return {};
  const context: unknown = JSON.parse(json);
  const columns = columnsByName(schema);
  const constraints = list(context, 'constraints').flatMap(entry => decodeEntry(columns, entry));
  if (!isObject(context) || !Array.isArray(context.colsUsed)) return { constraints };
  const used = context.colsUsed.map(name => columns.get(String(name))?.name ?? String(name));
  return { constraints, used };
}

/** Columns by their names and aliases. */
export function columnsByName(schema: TableSchema): Map<string, ColumnSchema> {
  return new Map(
    schema.columns.flatMap(column => [column.name, ...column.aliases].map(name => [name, column] as const)),
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const list = (value: unknown, key: string): readonly unknown[] => {
  const found = isObject(value) ? value[key] : undefined;
  return Array.isArray(found) ? found : [];
};

function decodeEntry(columns: ReadonlyMap<string, ColumnSchema>, entry: unknown): Constraint[] {
  const column = isObject(entry) ? columns.get(String(entry.name)) : undefined;
  if (column === undefined) return [];
  const constraints: Constraint[] = [];
  const equal: SqlValue[] = [];
  for (const term of list(entry, 'list')) {
    const op = isObject(term) ? operatorOfCode(Number(term.op)) : undefined;
    if (op === undefined || !isObject(term)) continue;
    const value = typedValue(column, String(term.expr));
    if (op === '=') equal.push(value);
    else constraints.push({ column: column.name, op, values: [value] });
  }
  return equal.length === 0 ? constraints : [{ column: column.name, op: '=', values: equal }, ...constraints];
}

function typedValue({ type }: ColumnSchema, expr: string): SqlValue {
  return (type === 'UNKNOWN' ? undefined : convertValue(type, expr)) ?? expr;
}
