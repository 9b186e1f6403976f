import { reasonOf } from '../../reason.ts';
import type { Clock } from '../../schedule/clock.ts';
import type { Store } from '../../storage/store.ts';
import { type BackoffLimits, backoffMs } from './backoff.ts';
import { type Entry, parseRecordKey, positionKey, unpackLines } from './record.ts';

/** Where lines go: the caller adapts it to a logger plugin. */
export interface Sink {
  /** The name of the logger. */
  readonly name: string;
  /** Takes lines in order. Resolving says that all of them are delivered; rejecting, that all of them are to come again. */
  deliver(entries: readonly Entry[]): Promise<void>;
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
  #cursor: number;
  #failures = 0;
  #running: Promise<void> | undefined;
  #again = false;
  #settle: (() => void)[] = [];

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#cursor = options.cursor;
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
    const { store, sink, acknowledged } = this.#options;
    const page = await this.#page(store);
    const entries = page.entries;
    if (entries.length === 0 || this.#stopped.signal.aborted) return false;
    await sink.deliver(entries);
    await acknowledged(page.position);
    this.#cursor = page.position;
    return true;
  }

  /** The next lines after the cursor. A record that it stands within is read from the middle on. */
  async #page(store: Store): Promise<{ readonly entries: Entry[]; readonly position: number }> {
    const found = await store.scan('outbox', { after: positionKey(this.#cursor + 1), limit: recordsAtOnce });
    let position = this.#cursor;
    const entries: Entry[] = [];
    for (const [key, value] of found) {
      const record = parseRecordKey(key);
      entries.push(...unpackLines(value));
      position = record.position + record.count - 1;
    }
    return { entries, position };
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
      const reason = reasonOf(error);
      report('warning', `The logger ${sink.name} did not take its lines, which wait and are tried again: ${reason}`);
    }
    this.#settled();
    await clock.sleep(backoffMs(this.#failures, backoff, random), signal);
  }

  #settled(): void {
    for (const resolve of this.#settle.splice(0)) resolve();
  }
}
