import {
  type ColumnTypeCode,
  columnTypeCodes,
  decodeConstraints,
  OutpostError,
  type Piece,
  type RowSource,
  type RowWrite,
  readRows,
  rowIdColumn,
  type Scan,
  writeKinds,
} from '@outpost/protocol';
import type { HostHooks } from '../answer.ts';
import { columnsByName, operatorOfCode } from './codec.ts';
import { type Constraint, tableContext } from './context.ts';
import type { TableDefinition } from './definition.ts';
import { RowScan, writerColumnsOf } from './scan.ts';
import type { Row, SqlValue, TableSchema } from './schema.ts';
import { narrow } from './values.ts';
import { WriteRefused } from './writer.ts';

/** How many warnings of a table are kept for its next page; more are counted. */
const warningLimit = 100;

/** The constraints of a scan in the words of a table; operators that mean nothing to it are left out. */
const constraintsOf = (schema: TableSchema, bytes: Uint8Array): Constraint[] => {
  const columns = columnsByName(schema);
  return decodeConstraints(bytes).flatMap(({ column, op, values }) => {
    const name = columns.get(column)?.name;
    const operator = operatorOfCode(op);
    return name === undefined || operator === undefined ? [] : [{ column: name, op: operator, values }];
  });
};

/** What a table has to say until somebody asks for a page. */
class Warnings {
  #messages: string[] = [];
  #more = 0;

  readonly add = (message: string): void => {
    if (this.#messages.length < warningLimit) this.#messages.push(message);
    else this.#more += 1;
  };

  take(): string[] {
    const taken = this.#messages;
    if (this.#more > 0) taken.push(`… and ${this.#more} more warnings`);
    this.#messages = [];
    this.#more = 0;
    return taken;
  }
}

/** The rows of one scan, made as pages are asked for. */
class TableRows implements RowSource {
  readonly #scan: RowScan;
  readonly #abort: AbortController;
  readonly #warnings: Warnings;

  constructor(scan: RowScan, abort: AbortController, warnings: Warnings) {
    this.#scan = scan;
    this.#abort = abort;
    this.#warnings = warnings;
  }

  async next(): Promise<Piece> {
    const { block, more } = await this.#scan.next();
    return { rows: block ?? new Uint8Array(), more, warnings: this.#warnings.take() };
  }

  close(): void {
    this.#abort.abort();
    this.#scan.close();
  }
}

/** Numbers of the columns that a scan asks for; a column that there is none of is refused. */
const usedBy = (definition: TableDefinition, columns: readonly string[]): number[] =>
  columns.map(column => {
    const index = definition.schema.columns.findIndex(({ name }) => name === column);
    if (index >= 0) return index;
    throw new OutpostError('PLUGIN_FAILED', { message: `the table ${definition.name} has no column ${column}` });
  });

/**
 * Begins a scan of a table.
 *
 * @throws OutpostError BLOCK_MALFORMED, PLUGIN_FAILED; whatever the table throws
 */
export function openScan(definition: TableDefinition, scan: Scan, pageBytes: number, hooks: HostHooks): RowSource {
  const { schema } = definition;
  const rowIds = scan.columns.at(-1) === rowIdColumn && !schema.columns.some(({ name }) => name === rowIdColumn);
  const columns = rowIds ? scan.columns.slice(0, -1) : scan.columns;
  const used = usedBy(definition, columns);
  const constraints = constraintsOf(schema, scan.constraints);
  const abort = new AbortController();
  const warnings = new Warnings();
  const context = tableContext(schema, {
    constraints,
    used: columns,
    limit: scan.limit > 0 ? scan.limit : undefined,
    orderBy: scan.order,
    signal: abort.signal,
    warn: hooks.warn ?? warnings.add,
    ...(hooks.files && { files: hooks.files }),
  });
  const layout = { columns: writerColumnsOf(definition), used, rowIds, fullBytes: pageBytes };
  return new TableRows(new RowScan(definition.generate(context), layout), abort, warnings);
}

const exact = (value: number | bigint): number | bigint => (typeof value === 'bigint' ? narrow(value) : value);

const numbers: ReadonlySet<ColumnTypeCode> = new Set([
  columnTypeCodes.INTEGER,
  columnTypeCodes.BIGINT,
  columnTypeCodes['UNSIGNED BIGINT'],
  columnTypeCodes.DOUBLE,
]);

/** A written value as the column's type holds it; the core has checked it. */
const written = (type: ColumnTypeCode, value: SqlValue): SqlValue => {
  if (type === columnTypeCodes.BLOB && typeof value === 'string') return Buffer.from(value);
  return numbers.has(type) && typeof value !== 'number' && typeof value !== 'bigint' ? null : value;
};

const rowOf = ({ columns }: TableSchema, bytes: Uint8Array): Row => {
  const [values = []] = bytes.length === 0 ? [] : readRows(bytes);
  return Object.fromEntries(
    columns.map(({ name, type }, index) => [name, written(columnTypeCodes[type], values[index] ?? null)]),
  ) as Row;
};

const change = async (table: TableDefinition, { kind, rowId, newRowId, values }: RowWrite) => {
  const id = exact(rowId ?? 0);
  if (kind === writeKinds.insert && table.insert !== undefined)
    return table.insert(rowOf(table.schema, values), rowId === undefined ? undefined : id);
  if (kind === writeKinds.update && table.update !== undefined)
    await table.update(id, rowOf(table.schema, values), exact(newRowId));
  else if (kind === writeKinds.delete && table.delete !== undefined) await table.delete(id);
  else throw new WriteRefused('readonly');
  return 0;
};

/**
 * Carries out a write.
 *
 * @returns the id of an inserted row
 * @throws OutpostError ROW_READONLY, ROW_CONSTRAINT; whatever the table throws
 */
export async function applyWrite(
  table: TableDefinition,
  write: RowWrite,
): Promise<{ readonly rowId: number | bigint }> {
  try {
    return { rowId: await change(table, write) };
  } catch (error) {
    if (!(error instanceof WriteRefused)) throw error;
    const code = error.reason === 'readonly' ? 'ROW_READONLY' : 'ROW_CONSTRAINT';
    throw new OutpostError(code, { table: table.name }, { cause: error });
  }
}
