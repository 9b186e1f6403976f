import { finalize, reset, type Statement } from './native.ts';

/** Most statements that are kept. */
const defaultLimit = 64;
/** A text that is longer than this is not worth keeping: it is hardly the schedule's. */
const longestText = 16 * 1024;

/**
 * Compiled statements that nobody runs now, by their text: scheduled queries come again and again, and compiling one takes longer than
 * many take to run. The one that was not used for the longest time goes first.
 *
 * SQLite compiles a statement anew when the schema has changed, but a table that was declared again goes unnoticed, and so do changed
 * columns; therefore everything is forgotten whenever names may have got another meaning.
 */
export class StatementCache {
  readonly #limit: number;
  /** Least recently used first. */
  readonly #idle = new Map<string, Statement>();

  /** @param limit how many statements are kept at most */
  constructor(limit = defaultLimit) {
    this.#limit = limit;
  }

  /** How many statements are kept. */
  get size(): number {
    return this.#idle.size;
  }

  /**
   * Takes the statement that begins at a byte offset of a text out of the cache; it belongs to the caller.
   * @returns undefined when it has to be prepared
   */
  take(sql: string, offset: number): Statement | undefined {
    const key = keyOf(sql, offset);
    const statement = this.#idle.get(key);
    this.#idle.delete(key);
    return statement;
  }

  /** Takes over a statement that has run to its end. One that is no plain question may have changed what names mean. */
  keep(sql: string, offset: number, statement: Statement): void {
    const question = statement.readonly && statement.columns.length > 0;
    if (!question) this.clear();
    if (!question || sql.length > longestText) return finalize(statement);
    reset(statement);
    const key = keyOf(sql, offset);
    this.#drop(key);
    this.#idle.set(key, statement);
    if (this.#idle.size > this.#limit) this.#drop(this.#idle.keys().next().value);
  }

  /** Finalizes all statements. */
  clear(): void {
    for (const statement of this.#idle.values()) finalize(statement);
    this.#idle.clear();
  }

  #drop(key: string | undefined): void {
    const statement = key === undefined ? undefined : this.#idle.get(key);
    if (key === undefined || statement === undefined) return;
    this.#idle.delete(key);
    finalize(statement);
  }
}

const keyOf = (sql: string, offset: number): string => `${offset} ${sql}`;
