import type { Constraint } from '../table/context.ts';
import type { Columns, SqlValue } from '../table/schema.ts';

/** What a query asks for; a record is short for `=` and, with several values, `IN`. */
export type GivenConstraints<C extends Columns = Columns> =
  | readonly Constraint<keyof C & string>[]
  | { readonly [Name in keyof C]?: SqlValue | readonly SqlValue[] };

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Constraints in full. */
export function constraintsOf(given: GivenConstraints | undefined): readonly Constraint[] {
  if (given === undefined) return [];
  if (isList(given)) return given as readonly Constraint[];
  return Object.entries(given).flatMap(([column, wanted]) => {
    if (wanted === undefined) return [];
    const values = isList(wanted) ? (wanted as readonly SqlValue[]) : [wanted as SqlValue];
    return [{ column, op: '=' as const, values }];
  });
}
