import { BlockWriter, columnTypeCodes, OutpostError, type WriterColumn, type WriterRow } from '@outpost/protocol';
import type { TableDefinition } from './definition.ts';
import type { Row } from './schema.ts';

/** Rows that come now or later. */
type Rows = Iterator<Row> | AsyncIterator<Row>;

/** A block of rows, and whether asking again may give another. */
export interface ScannedBlock {
  /** Null for no rows. */
  readonly block: Uint8Array | null;
  readonly more: boolean;
}

/** What the rows of a scan are written with. */
export interface ScanLayout {
  /** All columns of the table; the same array for each scan of it. */
  readonly columns: readonly WriterColumn[];
  /** Numbers of the columns to write. */
  readonly used: readonly number[];
  /** Whether each row is followed by its id. */
  readonly rowIds: boolean;
  /** A block is full from this many bytes on; 64 KiB, when left out. */
  readonly fullBytes?: number;
}

const nothing: ScannedBlock = { block: null, more: false };

/** Row ids of rows that have none of their own: their numbers in the scan. */
const numbered = (row: Row, number: number): Row => (row.rowid == null ? { ...row, rowid: number } : row);

/** One scan of a table, whatever the form of its generator. It may be ended at any time, also while the table is at work on a row. */
export class RowScan {
  readonly #generated: ReturnType<TableDefinition['generate']>;
  readonly #layout: ScanLayout;
  #rows: Rows | undefined;
  #writer: BlockWriter | undefined;
  #ended = false;
  #count = 0;

  /** @param generated what the table's `generate` returned */
  constructor(generated: ReturnType<TableDefinition['generate']>, layout: ScanLayout) {
    this.#generated = generated;
    this.#layout = layout;
  }

  /** The next block; to be asked again only once it is answered. */
  async next(): Promise<ScannedBlock> {
    this.#rows ??= await this.#begin();
    const { columns, used, rowIds, fullBytes } = this.#layout;
    this.#writer ??= new BlockWriter(columns, used, rowIds ? 'rowid' : undefined, fullBytes);
    const [rows, writer] = [this.#rows, this.#writer];
    for (;;) {
      if (this.#ended) return nothing;
      const stepped = rows.next();
      const { done, value } = stepped instanceof Promise ? await stepped : stepped;
      if (this.#ended) return nothing;
      if (done === true) return this.#last(writer);
      const row = rowIds ? numbered(value, this.#count++) : value;
      if (!writer.add(row as WriterRow)) return { block: new Uint8Array(writer.take()), more: true };
    }
  }

  /** Ends the scan and lets its generator clean up. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#writer?.release();
    if (this.#rows === undefined) {
      // It is not known yet what it generates: an asynchronous table may still be at work on that.
      Promise.resolve(this.#generated).then(endIterable, () => undefined);
    } else endIterator(this.#rows);
  }

  async #begin(): Promise<Rows> {
    const rows = await this.#generated;
    if (Symbol.asyncIterator in rows) return rows[Symbol.asyncIterator]();
    if (Symbol.iterator in rows) return rows[Symbol.iterator]();
    throw new OutpostError('PLUGIN_FAILED', { message: 'generate returned neither rows nor a generator of rows' });
  }

  #last(writer: BlockWriter): ScannedBlock {
    this.#ended = true;
    const block = writer.rows === 0 ? null : new Uint8Array(writer.take());
    writer.release();
    return { block, more: false };
  }
}

/** Nobody waits for the rows any more, so what goes wrong in cleaning up is nobody's concern either. */
const endIterator = (rows: Rows): void => {
  const cleaning = rows.return?.();
  if (cleaning instanceof Promise) cleaning.catch(() => undefined);
};

const endIterable = (rows: Iterable<Row> | AsyncIterable<Row>): void => {
  endIterator(Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]());
};

const columnsMade = new WeakMap<TableDefinition, readonly WriterColumn[]>();

/** The columns of a table as a block writer needs them; the same array for the same definition. @public */
export const writerColumnsOf = (definition: TableDefinition): readonly WriterColumn[] => {
  const made = columnsMade.get(definition);
  if (made !== undefined) return made;
  const columns = definition.schema.columns.map(({ name, type }) => ({ name, type: columnTypeCodes[type] }));
  columnsMade.set(definition, columns);
  return columns;
};
