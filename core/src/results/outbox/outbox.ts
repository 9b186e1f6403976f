import { type Clock, systemClock } from '../../schedule/clock.ts';
import type { Operation, Store } from '../../storage/store.ts';
import type { BackoffLimits } from './backoff.ts';
import { Courier, type Sink } from './courier.ts';
import { Draft, type Line } from './draft.ts';
import { dropCursor, type Ledger, loadCursors, loadLedger, saveCursor, saveLedger } from './ledger.ts';
import { type Entry, parseRecordKey, positionKey, type Record, recordKey } from './record.ts';

/** How an outbox works. */
export interface OutboxOptions {
  /** The names of all active loggers, there or not: a line stays until each of them acknowledged it. */
  readonly loggers: readonly string[];
  /** How many bytes of lines are kept at the most. */
  readonly budgetBytes: number;
  /** `--logger_sequence`: whether result and snapshot lines carry their number. */
  readonly sequence: boolean;
  /** Says something in the status log. */
  readonly report: (severity: 'warning' | 'info', message: string) => void;
  /** Makes the text of a status line of the outbox's own, for the log itself. */
  readonly statusText: (message: string) => string;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly backoff?: BackoffLimits;
}

/** How long at least lies between two lines about dropped lines, milliseconds. */
const tellEveryMs = 60_000;
const pageSize = 1000;

/**
 * The log lines that wait to be delivered. They are committed together with the state they come from, and stay until every active
 * logger has acknowledged them; each logger has its own cursor and pace. A line that was handed over and whose acknowledgement was
 * lost with the process comes again, with the same sequence number.
 */
export class Outbox {
  readonly #store: Store;
  readonly #options: OutboxOptions;
  readonly #clock: Clock;
  readonly #couriers = new Map<string, Courier>();
  readonly #cursors: Map<string, number>;
  #ledger: Ledger;
  #bytes: number;
  #oldest: number;
  #turn: Promise<unknown> = Promise.resolve();
  #toldAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  private constructor(store: Store, options: OutboxOptions, found: Found) {
    this.#store = store;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#ledger = found.ledger;
    this.#cursors = found.cursors;
    this.#bytes = found.bytes;
    this.#oldest = found.oldest;
  }

  /** Takes up what is in the store. Loggers that are active no more are forgotten; new ones begin with the next line. */
  static async open(store: Store, options: OutboxOptions): Promise<Outbox> {
    const ledger = await loadLedger(store);
    const cursors = await loadCursors(store);
    const operations: Operation[] = [];
    for (const name of [...cursors.keys()].filter(known => !options.loggers.includes(known))) {
      cursors.delete(name);
      operations.push(dropCursor(name));
    }
    for (const name of options.loggers.filter(active => !cursors.has(active))) {
      cursors.set(name, ledger.position - 1);
      operations.push(saveCursor(name, ledger.position - 1));
    }
    await store.batch(operations);
    const outbox = new Outbox(store, options, { ledger, cursors, ...(await measure(store, ledger)) });
    await outbox.#exclusive(() => outbox.#forgetDelivered([]));
    return outbox;
  }

  /** How much waits, and how many lines were ever dropped. */
  get size(): { readonly bytes: number; readonly lines: number; readonly dropped: number } {
    return { bytes: this.#bytes, lines: this.#ledger.position - this.#oldest, dropped: this.#ledger.dropped };
  }

  /** How many lines each active logger has yet to take. */
  lags(): Map<string, number> {
    return new Map([...this.#cursors].map(([name, cursor]) => [name, this.#ledger.position - 1 - cursor]));
  }

  /**
   * Writes operations and lines in one atomic batch, after all earlier commits.
   * @returns the sequence number of the first result or snapshot line
   */
  commit(operations: readonly Operation[], lines: readonly Line[]): Promise<number> {
    return this.#exclusive(async () => {
      const first = this.#ledger.results;
      if (lines.length === 0 || this.#cursors.size === 0) {
        await this.#store.batch(operations);
        return first;
      }
      await this.#append(operations, lines);
      for (const courier of this.#couriers.values()) courier.wake();
      return first;
    });
  }

  /**
   * Hands status lines to the attached loggers past the store, which cannot take them: once, and in no order with those that wait.
   * @returns whether all of them took the lines
   */
  async pass(texts: readonly string[]): Promise<boolean> {
    const entries = texts.map((text): Entry => ({ sequence: 0, kind: 'status', text }));
    const taken = await Promise.all([...this.#couriers.values()].map(courier => courier.pass(entries)));
    return taken.length > 0 && taken.every(Boolean);
  }

  /** Begins to deliver to a logger, from its cursor on. One of the same name before it is stopped. */
  async attach(sink: Sink): Promise<void> {
    await this.detach(sink.name);
    if (this.#closed || !this.#cursors.has(sink.name)) return;
    const { backoff = { firstMs: 1000, longestMs: 60_000 }, random = Math.random, report } = this.#options;
    const courier = new Courier({
      store: this.#store,
      sink,
      cursor: this.#cursors.get(sink.name) ?? 0,
      acknowledged: position => this.#acknowledge(sink.name, position),
      report,
      clock: this.#clock,
      random,
      backoff,
    });
    this.#couriers.set(sink.name, courier);
    courier.wake();
  }

  /** Stops to deliver to a logger; its lines wait. Resolves when no delivery is under way. */
  async detach(name: string): Promise<void> {
    const courier = this.#couriers.get(name);
    this.#couriers.delete(name);
    await courier?.stop();
  }

  /** Resolves when every attached logger has acknowledged everything committed so far, or has failed once more, or time is up. */
  async drain(limitMs: number): Promise<void> {
    const late = new AbortController();
    const idle = Promise.all([...this.#couriers.values()].map(courier => courier.settled()));
    await Promise.race([idle, this.#clock.sleep(limitMs, late.signal)]);
    late.abort();
  }

  /** Stops all deliveries; what waits, waits in the store. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#couriers.keys()].map(name => this.detach(name)));
    await this.#turn;
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #append(operations: readonly Operation[], lines: readonly Line[]): Promise<void> {
    const draft = new Draft(this.#ledger, this.#options.sequence);
    draft.add(lines);
    const drops = await this.#dropsFor(this.#bytes + draft.bytes);
    draft.dropped(drops.lines);
    const now = this.#clock.monotonic();
    const tell = draft.ledger.untold > 0 && now - this.#toldAt >= tellEveryMs;
    if (tell) draft.tell(this.#options.statusText(lossMessage(draft.ledger.untold, this.#options.budgetBytes)));
    await this.#store.batch([...operations, ...drops.operations, ...draft.operations, saveLedger(draft.ledger)]);
    if (tell) this.#toldAt = now;
    this.#ledger = draft.ledger;
    this.#bytes += draft.bytes - drops.bytes;
    this.#oldest = Math.max(this.#oldest, drops.oldest);
  }

  /** The oldest records that must go so that the rest is within the budget. */
  async #dropsFor(bytes: number): Promise<Drops> {
    let excess = bytes - this.#options.budgetBytes;
    const drops = { operations: [] as Operation[], lines: 0, bytes: 0, oldest: 0 };
    if (excess <= 0) return drops;
    for await (const [key] of recordKeys(this.#store)) {
      const record = parseRecordKey(key);
      drops.operations.push({ type: 'delete', domain: 'outbox', key });
      drops.lines += record.count;
      drops.bytes += record.bytes;
      drops.oldest = record.position + record.count;
      excess -= record.bytes;
      if (excess <= 0) break;
    }
    return drops;
  }

  #acknowledge(name: string, position: number): Promise<void> {
    return this.#exclusive(async () => {
      await this.#forgetDelivered([saveCursor(name, position)], new Map([[name, position]]));
      this.#cursors.set(name, position);
    });
  }

  /** Removes the records that every active logger has acknowledged to the end. */
  async #forgetDelivered(
    operations: readonly Operation[],
    moved: ReadonlyMap<string, number> = new Map(),
  ): Promise<void> {
    const cursors = [...this.#cursors].map(([name, cursor]) => moved.get(name) ?? cursor);
    const done = cursors.length === 0 ? this.#ledger.position - 1 : Math.min(...cursors);
    const gone = done >= this.#oldest ? await this.#recordsUpTo(done) : [];
    const whole = gone.filter(record => record.position + record.count - 1 <= done);
    const removals = whole.map<Operation>(record => ({ type: 'delete', domain: 'outbox', key: recordKey(record) }));
    await this.#store.batch([...operations, ...removals]);
    for (const record of whole) {
      this.#bytes -= record.bytes;
      this.#oldest = record.position + record.count;
    }
  }

  async #recordsUpTo(position: number): Promise<Record[]> {
    const found: Record[] = [];
    for await (const [key] of recordKeys(this.#store)) {
      if (key >= positionKey(position + 1)) break;
      found.push(parseRecordKey(key));
    }
    return found;
  }
}

interface Found {
  readonly ledger: Ledger;
  readonly cursors: Map<string, number>;
  readonly bytes: number;
  readonly oldest: number;
}

interface Drops {
  readonly operations: readonly Operation[];
  readonly lines: number;
  readonly bytes: number;
  readonly oldest: number;
}

const lossMessage = (lines: number, budget: number): string =>
  `${lines} log lines were dropped before every logger had taken them, the oldest first, because more than ${budget} bytes were waiting.`;

/** The keys of all records, the oldest first. */
async function* recordKeys(store: Store): AsyncGenerator<[key: string, value: Uint8Array]> {
  let after: string | undefined;
  for (;;) {
    const page = await store.scan('outbox', { limit: pageSize, values: false, ...(after !== undefined && { after }) });
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)?.[0];
  }
}

/** Counts what is in the store, by keys alone. */
async function measure(store: Store, ledger: Ledger): Promise<{ bytes: number; oldest: number }> {
  let bytes = 0;
  let oldest: number | undefined;
  for await (const [key] of recordKeys(store)) {
    const record = parseRecordKey(key);
    bytes += record.bytes;
    oldest ??= record.position;
  }
  return { bytes, oldest: oldest ?? ledger.position };
}
