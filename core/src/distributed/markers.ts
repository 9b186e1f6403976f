import { createHash } from 'node:crypto';
import type { Operation, Store } from '../storage/store.ts';
import { packText, unpackText } from '../storage/values.ts';

const domain = 'distributed_running';

const keyOf = (sql: string): string => createHash('sha256').update(sql).digest('hex');

/** Marks of queries that run, by the SHA-256 of their SQL: what is found there did not end, since it ended the process. */
export class Markers {
  readonly #store: Store;
  readonly #seconds: () => number;

  /** @param seconds how long a mark denies its query another run */
  constructor(store: Store, seconds: () => number) {
    this.#store = store;
    this.#seconds = seconds;
  }

  /** The operation that says that SQL runs from now on. @param reason what it did, once that is known */
  set(sql: string, unixTime: number, reason = ''): Operation {
    return { type: 'put', domain, key: keyOf(sql), value: packText(`${unixTime} ${reason}`.trim()) };
  }

  /** The operation that says that SQL has ended. */
  clear(sql: string): Operation {
    return { type: 'delete', domain, key: keyOf(sql) };
  }

  /** Why SQL must not run: it killed the process not long ago; '' when no more is known of that, undefined when it may run. */
  async denial(sql: string, unixTime: number): Promise<string | undefined> {
    const value = await this.#store.get(domain, keyOf(sql));
    if (value === undefined || this.#isExpired(value, unixTime)) return undefined;
    return /^\d+ (.*)$/s.exec(unpackText(value))?.[1] ?? '';
  }

  /** Forgets marks that deny nothing any more. A mark of a time that has yet to come, by a clock that was set back since, counts from now on. */
  async dropExpired(unixTime: number): Promise<void> {
    const marks = await this.#store.scan(domain, { limit: 10_000 });
    const expired = marks.filter(([, value]) => this.#isExpired(value, unixTime));
    const future = marks.filter(([, value]) => Number(unpackText(value)) > unixTime);
    await this.#store.batch([
      ...expired.map(([key]): Operation => ({ type: 'delete', domain, key })),
      ...future.map(([key]): Operation => ({ type: 'put', domain, key, value: packText(String(unixTime)) })),
    ]);
  }

  #isExpired(value: Uint8Array, unixTime: number): boolean {
    const time = Number.parseInt(unpackText(value), 10);
    return !(unixTime <= time + this.#seconds());
  }
}
