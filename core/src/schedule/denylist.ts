import type { Operation, Store } from '../storage/store.ts';
import { packText, packValue, unpackText, unpackValue } from '../storage/values.ts';
import type { ScheduledQuery } from './query.ts';

/** How long a query stays on the list, seconds. */
const denySeconds = 86_400;

const marker = (name: string): Operation => ({
  type: 'put',
  domain: 'configurations',
  key: 'executing_query',
  value: packText(name),
});

/** The operations that say in the store which query runs now: what is found there at the next start did not end. */
export const markRunning = (name: string, unixTime: number): Operation[] => [
  marker(name),
  { type: 'put', domain: 'configurations', key: `timestamp.${name}`, value: packText(String(unixTime)) },
];

/** The operation that says that no query runs. */
export const markIdle = (): Operation => marker('');

/** Says something in the status log. */
export interface Speaker {
  info(source: string, message: string): void;
  warning(source: string, message: string): void;
  error(source: string, message: string): void;
  verbose(source: string, message: string): void;
}

/** Queries that were running when the agent died: they are not run for a day. */
export class Denylist {
  readonly #store: Store;
  readonly #status: Speaker;
  readonly #entries: Map<string, number>;
  readonly #mentioned = new Set<string>();

  private constructor(store: Store, status: Speaker, entries: Map<string, number>) {
    this.#store = store;
    this.#status = status;
    this.#entries = entries;
  }

  /**
   * Reads the list, and the mark of a query that did not end.
   * @param deny whether that query goes on the list: only under a watchdog, which has ended it
   */
  static async load(store: Store, status: Speaker, unixTime: number, deny: boolean): Promise<Denylist> {
    const stored = await store.get('configurations', 'failed_queries');
    const entries = new Map(
      Object.entries(stored === undefined ? {} : (unpackValue(stored) as Record<string, number>)),
    );
    for (const [name, expires] of entries) if (expires < unixTime) entries.delete(name);
    const list = new Denylist(store, status, entries);
    const bytes = await store.get('configurations', 'executing_query');
    const suspect = bytes === undefined ? '' : unpackText(bytes);
    if (suspect === '') return list;
    status.warning('scheduler', `Scheduled query may have failed: ${suspect}`);
    if (deny) entries.set(suspect, unixTime + denySeconds);
    await store.batch([markIdle(), list.#save()]);
    return list;
  }

  /** Whether a query must not run now. An entry that has expired or does not apply any more is removed. */
  async denies(query: ScheduledQuery, unixTime: number): Promise<boolean> {
    const expires = this.#entries.get(query.name);
    if (expires === undefined) return false;
    if (unixTime > expires || query.denylist === false) {
      this.#status.info('scheduler', `Scheduled denylisted query has expired: ${query.name}`);
      this.#entries.delete(query.name);
      this.#mentioned.delete(query.name);
      await this.#keep();
      return false;
    }
    if (!this.#mentioned.has(query.name)) {
      this.#mentioned.add(query.name);
      const text = 'The caller does not want denied queries, skipping denied scheduled query';
      this.#status.warning('scheduler', `${text}: ${query.name}`);
    }
    return true;
  }

  /** Whether a query is on the list. */
  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Stores the list; when that fails it is as it was at the next start, and the schedule goes on. */
  async #keep(): Promise<void> {
    try {
      await this.#store.batch([this.#save()]);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#status.warning('scheduler', `The denylist could not be stored: ${reason}`);
    }
  }

  #save(): Operation {
    const value = packValue(Object.fromEntries(this.#entries));
    return { type: 'put', domain: 'configurations', key: 'failed_queries', value };
  }
}
