import type { TableContext } from '../table/context.ts';
import { tableContext } from '../table/context.ts';
import type { TableDefinition } from '../table/definition.ts';
import type { FileView } from '../table/files.ts';
import { eachRow } from '../table/host.ts';
import type { Columns, Row } from '../table/schema.ts';
import { constraintsOf, type GivenConstraints } from './constraints.ts';

/** The query a table is run with. */
export interface RowsOptions<C extends Columns = Columns> {
  /** What it asks for. */
  readonly constraints?: GivenConstraints<C>;
  /** The columns the query reads; all, when left out. */
  readonly used?: readonly (keyof C & string)[];
  readonly limit?: number;
  /** The files the table sees; `fileView(root)` for a directory. */
  readonly files?: FileView;
  readonly signal?: AbortSignal;
  /** Takes the table's warnings. */
  readonly warn?: (message: string) => void;
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
