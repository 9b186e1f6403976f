import { BlockWriter, type WriterRow } from '@outpost/protocol';
import { type Row, type TableDefinition, tableContext } from '@outpost/sdk';
import type { Answer, Question } from './exchange.ts';
import { rowIdKeyOf, writerColumns } from './sources/generator.ts';
import { applyWrite } from './sources/writing.ts';

type Rows = Iterator<Row> | AsyncIterator<Row>;
type Find = (name: string, module: string | undefined) => Promise<TableDefinition>;

const nothing: Answer = { type: 'block', block: null, more: false };

const iteratorOf = async (generated: ReturnType<TableDefinition['generate']>): Promise<Rows> => {
  const rows = await generated;
  return Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
};

const failed = (error: unknown): Answer => {
  const { message, sqliteCode } = error as { message?: unknown; sqliteCode?: unknown };
  return {
    type: 'failed',
    message: typeof message === 'string' ? message : String(error),
    ...(typeof sqliteCode === 'number' && { sqliteCode }),
  };
};

/** One scan of a table. It may be ended at any time, also while the table is at work on a row. */
class Scan {
  readonly #abort = new AbortController();
  #rows: Rows | undefined;
  #writer: BlockWriter | undefined;

  /** Begins the scan. */
  async open(
    definition: TableDefinition,
    question: Extract<Question, { type: 'open' }>,
    warn: (message: string) => void,
  ) {
    const { signal } = this.#abort;
    const context = tableContext(definition.schema, { ...question.input, signal, warn });
    this.#rows = await iteratorOf(definition.generate(context));
    if (signal.aborted) return this.#return();
    this.#writer = new BlockWriter(writerColumns(definition), question.columns, rowIdKeyOf(definition));
  }

  /** The next block. */
  async block(): Promise<Answer> {
    const { signal } = this.#abort;
    for (;;) {
      const rows = this.#rows;
      const writer = this.#writer;
      if (rows === undefined || writer === undefined) return nothing;
      const stepped = rows.next();
      const { done, value } = stepped instanceof Promise ? await stepped : stepped;
      if (signal.aborted) return nothing;
      if (done === true) {
        const block = writer.rows === 0 ? null : new Uint8Array(writer.take());
        writer.release();
        this.#rows = undefined;
        return { type: 'block', block, more: false };
      }
      if (!writer.add(value as WriterRow)) return { type: 'block', block: new Uint8Array(writer.take()), more: true };
    }
  }

  /** Ends the scan: fires the table's signal, and lets its generator clean up. */
  close(): void {
    this.#abort.abort();
    this.#return();
  }

  #return(): void {
    const rows = this.#rows;
    this.#rows = undefined;
    const cleaning = rows?.return?.();
    // Nobody waits for the rows any more, so what goes wrong in cleaning up is nobody's concern either.
    if (cleaning instanceof Promise) cleaning.catch(() => undefined);
  }
}

/** Answers the questions of one query thread about tables whose definitions live in this thread. */
export class TableServer {
  readonly #find: Find;
  readonly #warn: (table: string, message: string) => void;
  readonly #scans = new Map<number, Scan>();

  /** @param find the definition of a table; rejects where there is none */
  constructor(find: Find, warn: (table: string, message: string) => void) {
    this.#find = find;
    this.#warn = warn;
  }

  /** Never rejects. */
  answer = async (question: Question): Promise<Answer> => {
    try {
      return await this.#answer(question);
    } catch (error) {
      return failed(error);
    }
  };

  /** Ends all scans, when the thread that asked for them is gone. */
  close(): void {
    for (const cursor of [...this.#scans.keys()]) this.#end(cursor);
  }

  async #answer(question: Question): Promise<Answer> {
    switch (question.type) {
      case 'open':
        return this.#open(question);
      case 'next':
        return this.#block(question.cursor);
      case 'close':
        this.#end(question.cursor);
        return { type: 'done' };
      case 'write':
        return this.#write(question);
    }
  }

  async #write({ table, module, request }: Extract<Question, { type: 'write' }>): Promise<Answer> {
    const rowid = await applyWrite(await this.#find(table, module), request);
    return rowid === undefined ? { type: 'done' } : { type: 'done', rowid };
  }

  async #open(question: Extract<Question, { type: 'open' }>): Promise<Answer> {
    const { table, module, cursor } = question;
    const scan = new Scan();
    this.#scans.set(cursor, scan);
    const definition = await this.#find(table, module);
    if (!this.#scans.has(cursor)) return nothing;
    await scan.open(definition, question, message => this.#warn(table, message));
    return this.#block(cursor);
  }

  async #block(cursor: number): Promise<Answer> {
    const answer = await (this.#scans.get(cursor)?.block() ?? nothing);
    if (answer.type === 'block' && !answer.more) this.#scans.delete(cursor);
    return answer;
  }

  #end(cursor: number): void {
    const scan = this.#scans.get(cursor);
    this.#scans.delete(cursor);
    try {
      scan?.close();
    } catch (error) {
      this.#warn('plugin host', `A table failed when its scan was ended: ${String(error)}`);
    }
  }
}
