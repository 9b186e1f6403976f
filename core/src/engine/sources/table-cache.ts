import type { KeptRows } from './row-cache.ts';
import type { ScheduleTime } from './source.ts';

/** What the rows of all cacheable tables may take up between queries, bytes. */
const defaultLimit = 16 * 1024 * 1024;

interface Entry {
  readonly rows: KeptRows;
  /** The first step of the schedule at which the rows count as old. */
  readonly until: number;
}

/**
 * The rows of cacheable tables between scheduled queries, as osquery has it: a query that wants a whole table gets the rows of the query
 * before it for as long as the interval of that one. One set of rows a table; the oldest go where there is no room.
 */
export class TableCache {
  readonly #limit: number;
  /** By table, oldest first. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  /** @param limit in bytes */
  constructor(limit = defaultLimit) {
    this.#limit = limit;
  }

  /** Bytes that rows take up. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The rows of a table, where they are still fresh. */
  find(table: string, { step }: ScheduleTime): KeptRows | undefined {
    const entry = this.#entries.get(table);
    if (entry === undefined || step < entry.until) return entry?.rows;
    this.forget(table);
    return undefined;
  }

  /** Keeps the rows of a table for the interval of the query that asked for them. */
  keep(table: string, rows: KeptRows, { step, interval }: ScheduleTime): void {
    this.forget(table);
    if (rows.bytes > this.#limit / 2) return;
    this.#bytes += rows.bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#limit) break;
      this.forget(oldest);
    }
    this.#entries.set(table, { rows, until: step + interval });
  }

  /** Forgets everything: a table was written to. */
  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  /** Forgets the rows of a table: it is another one now. */
  forget(table: string): void {
    this.#bytes -= this.#entries.get(table)?.rows.bytes ?? 0;
    this.#entries.delete(table);
  }
}
