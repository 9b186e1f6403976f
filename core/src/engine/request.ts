import { constraintOperators, type ScanConstraint } from '@outpost/protocol';
import {
  type Constraint,
  type OrderTerm,
  operatorOfCode,
  type SqlValue,
  type TableSchema,
  type TableSettings,
  valueText,
  type WireConstraint,
} from '@outpost/sdk';
import { usedColumns } from './used-columns.ts';

/** What SQLite asks of a table in one scan, in its own numbers: see TableCallbacks.open of the native module. */
export interface ScanRequest {
  readonly constraints: readonly unknown[];
  readonly usedLow: number;
  readonly usedHigh: number;
  readonly limit: number;
  readonly order: readonly number[];
}

const namesMade = new WeakMap<TableSchema, readonly string[]>();

/** The columns and the aliases after them, each with the name of the real column. */
export const realNames = (schema: TableSchema): readonly string[] => {
  const made = namesMade.get(schema);
  if (made !== undefined) return made;
  const names = [
    ...schema.columns.map(({ name }) => name),
    ...schema.columns.flatMap(({ name, aliases }) => aliases.map(() => name)),
  ];
  namesMade.set(schema, names);
  return names;
};

interface Term {
  readonly column: number;
  readonly op: number;
  readonly values: readonly SqlValue[];
}

function* termsOf(flat: readonly unknown[]): Generator<Term> {
  for (let at = 0; at < flat.length; ) {
    const [column, op, count] = [flat[at] as number, flat[at + 1] as number, flat[at + 2] as number];
    yield { column, op, values: flat.slice(at + 3, at + 3 + count) as SqlValue[] };
    at += 3 + count;
  }
}

/** The parts of a table's context that come from the scan. They cross threads as they are. */
export interface ScanInput {
  readonly constraints: Constraint[];
  readonly used: string[];
  readonly limit: number | undefined;
  readonly orderBy: OrderTerm[];
  readonly settings?: TableSettings;
}

/** A scan in the words of the SDK. */
export const scanInput = (schema: TableSchema, request: ScanRequest): ScanInput => {
  const names = realNames(schema);
  const constraints: Constraint[] = [];
  for (const { column, op, values } of termsOf(request.constraints)) {
    const name = names[column];
    const operator = operatorOfCode(op);
    if (name !== undefined && operator !== undefined) constraints.push({ column: name, op: operator, values });
  }
  const orderBy = request.order.flatMap(term => {
    const column = names[term < 0 ? ~term : term];
    return column === undefined ? [] : [{ column, descending: term < 0 }];
  });
  const used = usedColumns(request.usedLow, request.usedHigh, names.length).map(column => names[column] ?? '');
  return { constraints, used: [...new Set(used)], limit: request.limit < 0 ? undefined : request.limit, orderBy };
};

/** The constraints of a scan as an extension of version 2 is told about them. */
export const typedConstraints = (schema: TableSchema, request: ScanRequest): ScanConstraint[] => {
  const names = realNames(schema);
  return [...termsOf(request.constraints)].flatMap(({ column, op, values }) => {
    const name = names[column];
    return name === undefined ? [] : [{ column: name, op, values }];
  });
};

/** A scan as an extension is told about it. A limit stands under the first column, as osquery puts it. */
export const wireScan = (
  schema: TableSchema,
  request: ScanRequest,
): { constraints: WireConstraint[]; used: string[] } => {
  const names = realNames(schema);
  const constraints: WireConstraint[] = [];
  for (const { column, op, values } of termsOf(request.constraints)) {
    const name = names[column];
    if (name === undefined) continue;
    for (const value of values) {
      const expr = valueText(value);
      if (expr !== undefined) constraints.push({ column: name, op, expr });
    }
  }
  const first = names[0];
  if (request.limit >= 0 && first !== undefined)
    constraints.push({ column: first, op: constraintOperators.limit, expr: String(request.limit) });
  const used = usedColumns(request.usedLow, request.usedHigh, names.length).map(column => names[column] ?? '');
  return { constraints, used: [...new Set(used)] };
};
