import { type Row, type TableDefinition, tableContext } from '@outpost/sdk';
import { BlockWriter } from './block-writer.ts';
import type { Answer, Question } from './exchange.ts';
import type { WriterRow } from './field-reader.ts';
import { writerColumns } from './sources/generator.ts';
import { applyWrite } from './sources/writing.ts';

type Rows = Iterator<Row> | AsyncIterator<Row>;

interface Cursor {
  readonly rows: Rows;
  readonly writer: BlockWriter;
  readonly abort: AbortController;
}

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

/** Answers the questions of one query thread about tables whose definitions live in this thread. */
export class TableServer {
  readonly #find: (name: string, module: string | undefined) => Promise<TableDefinition>;
  readonly #warn: (table: string, message: string) => void;
  readonly #cursors = new Map<number, Cursor>();

  /** @param find the definition of a table; rejects where there is none */
  constructor(
    find: (name: string, module: string | undefined) => Promise<TableDefinition>,
    warn: (table: string, message: string) => void,
  ) {
    this.#find = find;
    this.#warn = warn;
  }

  /** Never rejects. */
  answer = async (question: Question): Promise<Answer> => {
    try {
      switch (question.type) {
        case 'open':
          return await this.#open(question);
        case 'next':
          return await this.#block(question.cursor);
        case 'close':
          await this.#close(question.cursor);
          return { type: 'done' };
        case 'write': {
          const definition = await this.#find(question.table, question.module);
          const rowid = await applyWrite(definition, question.request);
          return rowid === undefined ? { type: 'done' } : { type: 'done', rowid };
        }
      }
    } catch (error) {
      return failed(error);
    }
  };

  /** Ends all scans, when the thread that asked for them is gone. */
  async close(): Promise<void> {
    await Promise.all([...this.#cursors.keys()].map(cursor => this.#close(cursor)));
  }

  async #open({ table, module, cursor, input, columns }: Extract<Question, { type: 'open' }>): Promise<Answer> {
    const definition = await this.#find(table, module);
    const abort = new AbortController();
    const context = tableContext(definition.schema, {
      ...input,
      signal: abort.signal,
      warn: message => this.#warn(table, message),
    });
    const rows = await iteratorOf(definition.generate(context));
    this.#cursors.set(cursor, { rows, writer: new BlockWriter(writerColumns(definition), columns), abort });
    return this.#block(cursor);
  }

  async #block(number: number): Promise<Answer> {
    const cursor = this.#cursors.get(number);
    if (cursor === undefined) return { type: 'block', block: null, more: false };
    const { rows, writer } = cursor;
    for (;;) {
      const { done, value } = await rows.next();
      if (done === true) {
        this.#cursors.delete(number);
        const block = writer.rows === 0 ? null : writer.take().slice();
        writer.release();
        return { type: 'block', block, more: false };
      }
      if (!writer.add(value as WriterRow)) return { type: 'block', block: writer.take().slice(), more: true };
    }
  }

  async #close(number: number): Promise<void> {
    const cursor = this.#cursors.get(number);
    if (cursor === undefined) return;
    this.#cursors.delete(number);
    cursor.abort.abort();
    cursor.writer.release();
    await cursor.rows.return?.();
  }
}
