import { OutpostError } from '../errors.ts';
import { creditLimit, type Page, usualPageBytes } from '../version2.ts';
import type { CallConnection, CallContext } from './handlers2.ts';

/** How many cursors one connection may have open. */
export const cursorLimit = 64;

/** How large a page may be asked for, bytes. */
const pageBytesRange = { least: 1024, most: 1024 * 1024 } as const;

/** A page without its cursor. */
export type Piece = Pick<Page, 'rows' | 'more'> & Partial<Pick<Page, 'warnings' | 'columns' | 'types'>>;

/** Where the rows of a cursor come from. */
export interface RowSource {
  /** The next rows. Not called again before it has answered, nor after it has failed or said that there are no more. */
  next(pageBytes: number): Promise<Piece>;
  /** Ends it early, also while it works; called once at most, and not after its last piece. */
  close(): void;
}

interface Cursor {
  readonly source: RowSource;
  readonly closed: PromiseWithResolvers<never>;
  /** The page that was asked for last. */
  last: Promise<unknown>;
  unanswered: number;
}

/** The cursors of the connections of a server. Each belongs to its connection and ends with it. */
export class Cursors {
  readonly #connections = new WeakMap<CallConnection, Map<number, Cursor>>();
  #lastId = 0;

  /**
   * Makes a cursor of what `open` gives, and gives its first page.
   *
   * @throws OutpostError TOO_MANY_CURSORS; whatever the source throws
   */
  async open(pageBytes: number, call: CallContext, open: () => RowSource): Promise<Page> {
    const cursors = this.#of(call.connection);
    if (cursors.size >= cursorLimit) throw new OutpostError('TOO_MANY_CURSORS', { limit: cursorLimit });
    this.#lastId += 1;
    const id = this.#lastId;
    const closed = Promise.withResolvers<never>();
    closed.promise.catch(() => undefined); // pages that wait hear of it; there may be none
    cursors.set(id, { source: open(), closed, last: Promise.resolve(), unanswered: 0 });
    return this.next(id, pageBytes, call);
  }

  /**
   * The next page of a cursor. Pages that are asked for at once come in order.
   *
   * @throws OutpostError UNKNOWN_CURSOR, TOO_MANY_CALLS, CALL_CANCELLED when the cursor is closed; whatever the source throws
   */
  async next(id: number, pageBytes: number, call: CallContext): Promise<Page> {
    const cursor = this.#of(call.connection).get(id);
    if (cursor === undefined) throw new OutpostError('UNKNOWN_CURSOR', { cursor: id });
    if (cursor.unanswered >= creditLimit) throw new OutpostError('TOO_MANY_CALLS', { limit: creditLimit });
    cursor.unanswered += 1;
    const giveUp = (): void => this.close(id, call.connection);
    call.signal.addEventListener('abort', giveUp, { once: true });
    if (call.signal.aborted) giveUp();
    const page = cursor.last.then(() => this.#page(id, cursor, pageBytes, call.connection));
    cursor.last = page.catch(() => undefined);
    try {
      return await Promise.race([page, cursor.closed.promise]);
    } finally {
      cursor.unanswered -= 1;
      call.signal.removeEventListener('abort', giveUp);
    }
  }

  /** Gives a cursor up; one that is not there is none. */
  close(id: number, connection: CallConnection): void {
    const cursors = this.#connections.get(connection);
    const cursor = cursors?.get(id);
    if (cursor === undefined) return;
    cursors?.delete(id);
    cursor.closed.reject(new OutpostError('CALL_CANCELLED'));
    cursor.source.close();
  }

  async #page(id: number, { source }: Cursor, pageBytes: number, connection: CallConnection): Promise<Page> {
    const cursors = this.#of(connection);
    if (!cursors.has(id)) throw new OutpostError('UNKNOWN_CURSOR', { cursor: id });
    const { least, most } = pageBytesRange;
    const bytes = pageBytes <= 0 ? usualPageBytes : Math.min(most, Math.max(least, pageBytes));
    try {
      const piece = await source.next(bytes);
      if (!piece.more) cursors.delete(id);
      return { warnings: [], columns: [], types: [], ...piece, cursor: id };
    } catch (error) {
      cursors.delete(id);
      throw error;
    }
  }

  #of(connection: CallConnection): Map<number, Cursor> {
    const known = this.#connections.get(connection);
    if (known !== undefined) return known;
    const cursors = new Map<number, Cursor>();
    this.#connections.set(connection, cursors);
    const closeAll = (): void => {
      for (const id of [...cursors.keys()]) this.close(id, connection);
    };
    connection.ended.addEventListener('abort', closeAll, { once: true });
    return cursors;
  }
}
