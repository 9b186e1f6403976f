import { RowScan, type TableDefinition, tableContext } from '@outpost/sdk';
import type { Answer, Question } from './exchange.ts';
import { writerColumns } from './sources/generator.ts';
import { applyWrite } from './sources/writing.ts';
import { isWritable } from './writable.ts';

type Find = (name: string, module: string | undefined) => Promise<TableDefinition>;

const nothing: Answer = { type: 'block', block: null, more: false };

const failed = (error: unknown): Answer => {
  const { message, sqliteCode } = error as { message?: unknown; sqliteCode?: unknown };
  return {
    type: 'failed',
    message: typeof message === 'string' ? message : String(error),
    ...(typeof sqliteCode === 'number' && { sqliteCode }),
  };
};

/** One scan of a table, with the signal that tells it to end. */
class Scan {
  readonly #abort = new AbortController();
  #rows: RowScan | undefined;

  /** Begins the scan. */
  open(definition: TableDefinition, question: Extract<Question, { type: 'open' }>, warn: (message: string) => void) {
    const { signal } = this.#abort;
    const context = tableContext(definition.schema, { ...question.input, signal, warn });
    const layout = { columns: writerColumns(definition), used: question.columns, rowIds: isWritable(definition) };
    this.#rows = new RowScan(definition.generate(context), layout);
  }

  /** The next block. */
  async block(): Promise<Answer> {
    return this.#rows === undefined ? nothing : { type: 'block', ...(await this.#rows.next()) };
  }

  /** Ends the scan: fires the table's signal, and lets its generator clean up. */
  close(): void {
    this.#abort.abort();
    this.#rows?.close();
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
    scan.open(definition, question, message => this.#warn(table, message));
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
