import { reasonOf } from '../../reason.ts';
import type { Clock } from '../../schedule/clock.ts';
import type { Store } from '../../storage/store.ts';
import { type BackoffLimits, backoffMs } from './backoff.ts';
import { type Entry, parseRecordKey, positionKey, unpackLines } from './record.ts';

/** Where lines go: the caller adapts it to a logger plugin. */
export interface Sink {
  /** The name of the logger. */
  readonly name: string;
  /**
   * Takes lines in order. Resolving says that all of them are delivered; rejecting, that all of them are to come again, but for those that
   * `taken` was told of before.
   * @param taken is told that so many more, from the first on, are delivered
   */
  deliver(entries: readonly Entry[], taken: (count: number) => void): Promise<void>;
}

/** What a courier needs. */
export interface CourierOptions {
  readonly store: Store;
  readonly sink: Sink;
  /** The place of the last line that the logger acknowledged. */
  readonly cursor: number;
  /** Is told how far the logger has come; resolves when that is stored. */
  readonly acknowledged: (position: number) => Promise<void>;
  readonly report: (severity: 'warning' | 'info', message: string) => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly backoff: BackoffLimits;
}

/** How many records are handed over at once; a record has about 256 KiB, or one line. */
const recordsAtOnce = 16;

/** Brings the lines of the outbox to one logger, in order, again and again until they are acknowledged. */
export class Courier {
  readonly #options: CourierOptions;
  readonly #stopped = new AbortController();
  /** The place of the last line that the logger took, and the one that the store knows of. */
  #cursor: number;
  #stored: number;
  /** How many lines of the page that begins at a place the logger has taken, before it refused the next one. */
  #taken = { from: -1, count: 0 };
  #failures = 0;
  /** Whether lines are under way past the outbox. */
  #passing = false;
  #running: Promise<void> | undefined;
  #again = false;
  #settle: (() => void)[] = [];

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#cursor = options.cursor;
    this.#stored = options.cursor;
  }

  /** Says that there may be new lines. */
  wake(): void {
    if (this.#stopped.signal.aborted) return;
    this.#again = true;
    this.#running ??= this.#run();
  }

  /** Ends deliveries; resolves when none is under way. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  /** Resolves when there is nothing to deliver, or the next attempt has failed. */
  settled(): Promise<void> {
    if (this.#running === undefined || this.#failures > 0) return Promise.resolve();
    return new Promise(resolve => this.#settle.push(resolve));
  }

  /**
   * Hands lines over past the outbox, once: those that cannot be stored.
   * @returns whether the logger took them
   */
  async pass(entries: readonly Entry[]): Promise<boolean> {
    if (this.#passing || this.#stopped.signal.aborted) return false;
    this.#passing = true;
    try {
      await this.#options.sink.deliver(entries, () => undefined);
      return true;
    } catch {
      // The courier says what ails the logger, at its next delivery; whoever hands these lines over counts them.
      return false;
    } finally {
      this.#passing = false;
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted && this.#again) {
      this.#again = false;
      while (!signal.aborted && (await this.#attempt()));
    }
    this.#running = undefined;
    this.#settled();
  }

  /** Delivers a page, or waits after a failure. @returns whether to go on */
  async #attempt(): Promise<boolean> {
    try {
      const delivered = await this.#deliver();
      if (delivered) this.#recovered();
      return delivered;
    } catch (error) {
      await this.#failed(error);
      return true;
    }
  }

  async #deliver(): Promise<boolean> {
    const { store, sink } = this.#options;
    await this.#acknowledge();
    const page = await this.#page(store);
    const entries = page.entries;
    if (entries.length === 0 || this.#stopped.signal.aborted) return false;
    if (this.#taken.from !== page.from) this.#taken = { from: page.from, count: 0 };
    await sink.deliver(entries.slice(this.#taken.count), count => {
      this.#taken.count += count;
    });
    this.#cursor = page.position;
    await this.#acknowledge();
    return true;
  }

  /** Stores how far the logger has come. Lines that it took do not come again because that failed, unless the process ends. */
  async #acknowledge(): Promise<void> {
    if (this.#stored === this.#cursor) return;
    const position = this.#cursor;
    await this.#options.acknowledged(position);
    this.#stored = position;
  }

  /** The next lines after the cursor. A record that it stands within is read from the middle on. */
  async #page(store: Store): Promise<{ readonly entries: Entry[]; readonly from: number; readonly position: number }> {
    const found = await store.scan('outbox', { after: positionKey(this.#cursor + 1), limit: recordsAtOnce });
    let position = this.#cursor;
    const [first] = found;
    const from = first === undefined ? position : parseRecordKey(first[0]).position;
    const entries: Entry[] = [];
    for (const [key, value] of found) {
      const record = parseRecordKey(key);
      entries.push(...unpackLines(value));
      position = record.position + record.count - 1;
    }
    return { entries, from, position };
  }

  #recovered(): void {
    const { sink, report } = this.#options;
    if (this.#failures > 0)
      report('info', `The logger ${sink.name} takes lines again, after ${this.#failures} failures.`);
    this.#failures = 0;
  }

  async #failed(error: unknown): Promise<void> {
    const { sink, report, clock, random, backoff } = this.#options;
    const { signal } = this.#stopped;
    if (signal.aborted) return;
    this.#failures += 1;
    if (this.#failures === 1) {
      const what =
        this.#stored === this.#cursor
          ? `The logger ${sink.name} did not take its lines, which wait and are tried again`
          : `How far the logger ${sink.name} has come could not be stored, which is tried again before it is given more`;
      report('warning', `${what}: ${reasonOf(error)}`);
    }
    this.#settled();
    await clock.sleep(backoffMs(this.#failures, backoff, random), signal);
  }

  #settled(): void {
    for (const resolve of this.#settle.splice(0)) resolve();
  }
}
