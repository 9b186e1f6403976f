import type { Constraint, TableContext } from '../table/context.ts';
import { tableContext } from '../table/context.ts';
import type { TableDefinition } from '../table/definition.ts';
import type { FileView } from '../table/files.ts';
import { eachRow } from '../table/host.ts';
import type { Columns, Row, SqlValue } from '../table/schema.ts';

/** The query a table is run with. */
export interface RowsOptions<C extends Columns = Columns> {
  /** Constraints; a record is short for `=` and, with several values, `IN`. */
  readonly constraints?:
    | readonly Constraint<keyof C & string>[]
    | { readonly [Name in keyof C]?: SqlValue | readonly SqlValue[] };
  /** The columns the query reads; all, when left out. */
  readonly used?: readonly (keyof C & string)[];
  readonly limit?: number;
  /** The files the table sees; `fileView(root)` for a directory. */
  readonly files?: FileView;
  readonly signal?: AbortSignal;
  /** Takes the table's warnings. */
  readonly warn?: (message: string) => void;
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

function constraintsOf(given: RowsOptions['constraints']): readonly Constraint[] {
  if (given === undefined) return [];
  if (isList(given)) return given as readonly Constraint[];
  return Object.entries(given).flatMap(([column, wanted]) => {
    if (wanted === undefined) return [];
    const values = isList(wanted) ? (wanted as readonly SqlValue[]) : [wanted as SqlValue];
    return [{ column, op: '=' as const, values }];
  });
}

/**
 * Runs a table's generator and gives the rows as it yields them: before SQLite filters them, and before they are encoded.
 *
 * @throws what the generator throws.
 */
export async function rowsOf<C extends Columns>(
  table: TableDefinition<C>,
  options: RowsOptions<C> = {},
): Promise<Row<C>[]> {
  const { constraints, ...rest } = options as RowsOptions;
  const context = tableContext(table.schema, { ...rest, constraints: constraintsOf(constraints) });
  const rows: Row<C>[] = [];
  const generated = table.generate(context as unknown as TableContext<C>);
  await eachRow(generated, options.signal, row => rows.push(row as Row<C>));
  return rows;
}
