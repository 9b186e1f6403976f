import { BlockWriter, type WriterColumn, type WriterRow } from '@outpost/protocol';
import { type Row, type TableDefinition, type TableSettings, tableContext } from '@outpost/sdk';
import { encodings } from '../native.ts';
import { type ScanRequest, scanInput } from '../request.ts';
import { nativeColumns } from '../schema.ts';
import { usedColumns } from '../used-columns.ts';
import { isWritable } from '../writable.ts';
import { type BlockStream, checkCancelled, type Run, type Source, type WriteRequest } from './source.ts';
import { applyWrite, misplaced, settled } from './writing.ts';

/** How many rows are made between two looks at whether the query was given up. */
const rowsBetweenChecks = 16;

const columnsMade = new WeakMap<TableDefinition, readonly WriterColumn[]>();

/** The columns that a block writer needs: aliases read the key of the column they stand for. The same array for the same definition. */
export const writerColumns = (definition: TableDefinition): readonly WriterColumn[] => {
  const made = columnsMade.get(definition);
  if (made !== undefined) return made;
  const columns = nativeColumns(definition.schema);
  const written = columns.map(({ name, type, target }) => ({ name: columns[target ?? -1]?.name ?? name, type }));
  columnsMade.set(definition, written);
  return written;
};

/** The key of a row's id; only the rows of writable tables have one. */
export const rowIdKeyOf = (definition: TableDefinition): string | undefined =>
  isWritable(definition) ? 'rowid' : undefined;

class GeneratorStream implements BlockStream {
  more = true;
  readonly #rows: Iterator<Row>;
  readonly #writer: BlockWriter;
  readonly #run: Run;

  constructor(rows: Iterable<Row>, writer: BlockWriter, run: Run) {
    this.#rows = rows[Symbol.iterator]();
    this.#writer = writer;
    this.#run = run;
  }

  next(): Uint8Array | null {
    for (let count = 1; this.more; count++) {
      const { done, value } = this.#rows.next();
      if (done === true) this.more = false;
      else if (!this.#writer.add(value as WriterRow)) break;
      if (count % rowsBetweenChecks === 0) checkCancelled(this.#run);
    }
    return this.#writer.rows === 0 ? null : this.#writer.take();
  }

  close(): void {
    this.#writer.release();
    if (this.more) this.#rows.return?.();
  }
}

/** A table whose rows are made by a plain function or generator, in the thread of the query. */
export class GeneratorSource implements Source {
  readonly encoding = encodings.messagepack;
  readonly #definition: TableDefinition;
  readonly #columns: readonly WriterColumn[];
  readonly #warn: (message: string) => void;
  readonly #settings: TableSettings;

  constructor(definition: TableDefinition, warn: (message: string) => void, settings: TableSettings = {}) {
    this.#definition = definition;
    this.#columns = writerColumns(definition);
    this.#warn = warn;
    this.#settings = settings;
  }

  open(request: ScanRequest, run: Run): BlockStream {
    const { schema } = this.#definition;
    const context = tableContext(schema, {
      ...scanInput(schema, request),
      aborted: () => Atomics.load(run.cancel, 0) !== 0,
      warn: this.#warn,
      settings: this.#settings,
    });
    const rows = this.#definition.generate(context);
    if (!(Symbol.iterator in rows)) throw new Error(misplaced(schema.name, 'generates'));
    const used = usedColumns(request.usedLow, request.usedHigh, this.#columns.length);
    return new GeneratorStream(rows, new BlockWriter(this.#columns, used, rowIdKeyOf(this.#definition)), run);
  }

  write(request: WriteRequest): bigint | undefined {
    return settled(this.#definition.name, applyWrite(this.#definition, request));
  }
}
