import { type CallConnection, type CallContext, Cursors, type Page, type RowSource } from '@outpost/protocol';
import type { SqlService } from './sql-service.ts';

/** The rows of a result, block by block as the engine made them. */
class Blocks implements RowSource {
  readonly #blocks: readonly Uint8Array[];
  readonly #head: Pick<Page, 'columns' | 'types'>;
  #at = 0;

  constructor(columns: readonly { readonly name: string; readonly type: string }[], blocks: readonly Uint8Array[]) {
    this.#blocks = blocks;
    this.#head = { columns: columns.map(({ name }) => name), types: columns.map(({ type }) => type) };
  }

  async next() {
    const first = this.#at === 0;
    const rows = this.#blocks[this.#at] ?? new Uint8Array();
    this.#at += 1;
    return { rows, more: this.#at < this.#blocks.length, ...(first && this.#head) };
  }

  close(): void {
    this.#at = this.#blocks.length;
  }
}

/**
 * The results of statements that peers asked for, kept until they are read, closed or their connection ends. A result is whole before its first
 * page is given, within the budgets of a query; what is bounded besides is how many one connection has open.
 */
export class QueryCursors {
  readonly #cursors = new Cursors();
  readonly #sql: SqlService;

  constructor(sql: SqlService) {
    this.#sql = sql;
  }

  /** @param asker the number of the extension that asks, where it is one. @throws OutpostError TOO_MANY_CURSORS; what the statement fails with */
  async open(sql: string, pageBytes: number, call: CallContext, asker: number | undefined): Promise<Page> {
    const { columns, blocks } = await this.#sql.typedQuery(sql, asker, call.signal);
    return this.#cursors.open(pageBytes, call, () => new Blocks(columns, blocks));
  }

  /** @throws OutpostError UNKNOWN_CURSOR, TOO_MANY_CALLS, CALL_CANCELLED */
  next(cursor: number, pageBytes: number, call: CallContext): Promise<Page> {
    return this.#cursors.next(cursor, pageBytes, call);
  }

  /** Gives a result up; one that is not there is none. */
  close(cursor: number, connection: CallConnection): void {
    this.#cursors.close(cursor, connection);
  }
}
