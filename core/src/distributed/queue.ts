import type { WrittenResult } from '@outpost/sdk';
import { ordered } from '../storage/keys.ts';
import type { Operation, Store } from '../storage/store.ts';
import { packText, packValue, unpackText, unpackValue } from '../storage/values.ts';

const domain = 'distributed';
const queryPrefix = 'query/';
const resultPrefix = 'result/';
const accelerateKey = 'accelerate_until';

/** A result that was not written yet. */
interface Pending {
  readonly key: string;
  readonly id: string;
  readonly bytes: number;
}

/** Live queries that wait for their run, and results that wait for their write. Both survive a restart. */
export class LiveQueue {
  readonly #store: Store;
  #pending: readonly Pending[];
  #next: number;

  private constructor(store: Store, pending: readonly Pending[]) {
    this.#store = store;
    this.#pending = pending;
    this.#next = pending.reduce((last, { key }) => Math.max(last, Number(key.slice(resultPrefix.length))), 0) + 1;
  }

  /** Reads what an earlier process left. */
  static async open(store: Store): Promise<LiveQueue> {
    const found = await store.scan(domain, { prefix: resultPrefix, limit: Number.POSITIVE_INFINITY });
    const pending = found.map(([key, value]) => ({ key, bytes: value.length, id: resultOf(value).id }));
    return new LiveQueue(store, pending);
  }

  /** How many bytes of results wait. */
  get pendingBytes(): number {
    return this.#pending.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** How many results wait. */
  get pendingCount(): number {
    return this.#pending.length;
  }

  /** Keeps a query until it has run; one of the same id is replaced. */
  async add(id: string, sql: string): Promise<void> {
    await this.#store.batch([{ type: 'put', domain, key: `${queryPrefix}${id}`, value: packText(sql) }]);
  }

  /** The text of a query that waits. */
  async sqlOf(id: string): Promise<string | undefined> {
    const value = await this.#store.get(domain, `${queryPrefix}${id}`);
    return value === undefined ? undefined : unpackText(value);
  }

  /** The first query after an id, in the byte order of ids. */
  async next(after: string): Promise<{ readonly id: string; readonly sql: string } | undefined> {
    const [found] = await this.#store.scan(domain, { prefix: queryPrefix, after: `${queryPrefix}${after}`, limit: 1 });
    if (found === undefined) return undefined;
    return { id: found[0].slice(queryPrefix.length), sql: unpackText(found[1]) };
  }

  /** Puts a result in the place of its query; an older result of the same id goes. */
  async finish(result: WrittenResult, more: readonly Operation[]): Promise<void> {
    const key = `${resultPrefix}${ordered(this.#next)}`;
    const value = packValue(result);
    const older = this.#pending.filter(({ id }) => id === result.id);
    await this.#store.batch([
      ...more,
      ...older.map((entry): Operation => ({ type: 'delete', domain, key: entry.key })),
      { type: 'delete', domain, key: `${queryPrefix}${result.id}` },
      { type: 'put', domain, key, value },
    ]);
    this.#next += 1;
    const others = this.#pending.filter(({ id }) => id !== result.id);
    this.#pending = [...others, { key, id: result.id, bytes: value.length }];
  }

  /** The oldest results: as many as have so many bytes together, one at the least. */
  async oldest(
    maxBytes: number,
  ): Promise<{ readonly results: readonly WrittenResult[]; readonly keys: readonly string[] }> {
    const keys: string[] = [];
    const results: WrittenResult[] = [];
    let size = 0;
    for (const { key, bytes } of this.#pending) {
      if (keys.length > 0 && size + bytes > maxBytes) break;
      size += bytes;
      keys.push(key);
      const value = await this.#store.get(domain, key);
      if (value !== undefined) results.push(resultOf(value));
    }
    return { results, keys };
  }

  /** Forgets results that were written. */
  async drop(keys: readonly string[]): Promise<void> {
    await this.#store.batch(keys.map((key): Operation => ({ type: 'delete', domain, key })));
    const gone = new Set(keys);
    this.#pending = this.#pending.filter(({ key }) => !gone.has(key));
  }

  /** How many seconds the plugin is yet to be asked often; never more than were wished for, wherever the clock was set. */
  async acceleratedFor(unixTime: number): Promise<number> {
    const value = await this.#store.get(domain, accelerateKey);
    const [until = 0, wished = 0] = value === undefined ? [] : unpackText(value).split(' ').map(Number);
    return Math.max(0, Math.min(until - unixTime, wished)) || 0;
  }

  /** Remembers that the plugin is to be asked often for so many seconds. */
  async accelerate(unixTime: number, seconds: number): Promise<void> {
    const value = packText(`${unixTime + seconds} ${seconds}`);
    await this.#store.batch([{ type: 'put', domain, key: accelerateKey, value }]);
  }
}

const resultOf = (value: Uint8Array): WrittenResult => unpackValue(value) as WrittenResult;
