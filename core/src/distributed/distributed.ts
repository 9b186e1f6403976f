import { bounded } from '../engine/bounded.ts';
import { reasonOf } from '../reason.ts';
import { DistributedClient } from './client.ts';
import { Markers } from './markers.ts';
import type { DistributedOptions } from './options.ts';
import { LiveQueue } from './queue.ts';
import { isSql, parseResponse, type ReadResponse } from './read.ts';
import { LiveRunner } from './runner.ts';

/** The pause while the server wants quick answers, seconds. */
const quickSeconds = 5;
/** The longest pause after failures in a row, seconds, unless the interval is longer. */
const backOffSeconds = 300;
/** Results of so many bytes go out in one call. */
const writeBytes = 16 * 1024 * 1024;
/** With so much waiting to be written, no new queries are taken. */
const pendingLimits = { bytes: 128 * 1024 * 1024, count: 10_000 };
const daySeconds = 86_400;

/**
 * Live queries: read from the active plugin, run one after the other, their results written back; again and again. What was read
 * survives a restart until its result is written. A query that killed the process is reported and not run again for a day.
 */
export class Distributed {
  readonly #options: DistributedOptions;
  readonly #client: DistributedClient;
  readonly #queue: LiveQueue;
  readonly #markers: Markers;
  readonly #runner: LiveRunner;
  readonly #stopped = new AbortController();
  #failures = 0;
  /** Until when the plugin is asked often, milliseconds of the clock that only goes forward. */
  #acceleratedUntil: number;
  #full = false;
  /** What the last cycle and this one complained of. */
  #lastTrouble = '';
  #trouble = '';
  #loop: Promise<void> | undefined;

  private constructor(options: DistributedOptions, queue: LiveQueue, acceleratedSeconds: number) {
    this.#options = options;
    this.#queue = queue;
    this.#acceleratedUntil =
      acceleratedSeconds === 0 ? Number.NEGATIVE_INFINITY : options.clock.monotonic() + acceleratedSeconds * 1000;
    this.#client = new DistributedClient(options);
    this.#markers = new Markers(options.store, () => options.settings().denylistSeconds ?? daySeconds);
    this.#runner = new LiveRunner(options, queue, this.#markers, this.#stopped.signal);
  }

  /** Reads what an earlier process left in the store. */
  static async open(options: DistributedOptions): Promise<Distributed> {
    const queue = await LiveQueue.open(options.store);
    return new Distributed(options, queue, await queue.acceleratedFor(Math.floor(options.clock.now() / 1000)));
  }

  /** Asks for queries at once, and then again and again until it is stopped. */
  run(): Promise<void> {
    this.#loop ??= this.#run();
    return this.#loop;
  }

  /**
   * Stops, and the query that runs. It and those that wait run after the next start; so do results that were not written wait.
   * @param timeoutMs the longest to wait for a query or a plugin that does not end
   */
  async stop(timeoutMs = 5000): Promise<void> {
    this.#stopped.abort();
    if (this.#loop === undefined) return;
    if (!(await bounded(this.#loop, timeoutMs))) await this.#runner.unmark();
  }

  /** Ends a query, if it runs, since the process took more than it may: whoever asked is told so, and it is not run again for a day. */
  blame(id: string, message: string): void {
    if (this.#runner.blame(id, message)) this.#stopped.abort();
  }

  /** Reads, runs and writes once. Never rejects: what fails is said in the status log. */
  async cycle(): Promise<void> {
    this.#trouble = '';
    try {
      const read = await this.#read();
      if (!this.#stopped.signal.aborted) await this.#runner.runAll();
      const written = await this.#write();
      await this.#markers.dropExpired(this.#unixTime());
      this.#failures = read && written ? 0 : this.#failures + 1;
    } catch (error) {
      this.#failures += 1;
      this.#complain(reasonOf(error));
    }
    this.#lastTrouble = this.#trouble;
  }

  /** Seconds until the next cycle. */
  get pauseSeconds(): number {
    const interval = Math.max(1, this.#options.settings().intervalSeconds);
    const usual = this.#options.clock.monotonic() <= this.#acceleratedUntil ? quickSeconds : interval;
    if (this.#failures < 2) return usual;
    return Math.min(usual * 2 ** Math.min(this.#failures - 1, 20), Math.max(usual, backOffSeconds));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.cycle();
      await this.#options.clock.sleep(this.pauseSeconds * 1000, signal);
    }
  }

  /** False when the plugin failed. */
  async #read(): Promise<boolean> {
    if (this.#isFull()) return true;
    const text = await this.#client.read();
    if (text === undefined) return false;
    let response: ReadResponse;
    try {
      response = parseResponse(text);
    } catch (error) {
      this.#complain(
        `The plugin ${this.#options.plugin} gave no JSON: ${error instanceof Error ? error.message : error}`,
      );
      return true;
    }
    if (await this.#take(response)) await this.#accelerate(response);
    return true;
  }

  /** False when the response was given up, since something in it is wrong. */
  async #take({ queries, discovery }: ReadResponse): Promise<boolean> {
    const wanted = new Map<string, boolean>();
    for (const [id, sql] of discovery) {
      if (!isSql(sql)) return this.#giveUp(`the discovery query of ${id} is no SQL`);
      try {
        wanted.set(id, await this.#runner.discovers(id, sql));
      } catch (error) {
        if (this.#stopped.signal.aborted) return false;
        return this.#giveUp(`the discovery query of ${id} failed: ${error instanceof Error ? error.message : error}`);
      }
    }
    for (const [id, sql] of queries) {
      if (!isSql(sql)) return this.#giveUp(`the query ${id} is no SQL`);
      if (id !== '' && wanted.get(id) !== false) await this.#queue.add(id, sql);
    }
    return true;
  }

  #giveUp(reason: string): false {
    this.#options.status.warning('distributed', `A response with distributed queries is given up: ${reason}`);
    return false;
  }

  async #accelerate({ accelerate, accelerateMalformed }: ReadResponse): Promise<void> {
    if (accelerateMalformed)
      this.#options.status.verbose('distributed', 'Failed to Accelerate: Timeframe is not an integer');
    if (accelerate === undefined) return;
    const text = `Accelerating distributed query checkins for ${accelerate} seconds`;
    this.#options.status.info('distributed', text);
    this.#acceleratedUntil = this.#options.clock.monotonic() + accelerate * 1000;
    await this.#queue.accelerate(this.#unixTime(), accelerate);
  }

  /** False when the plugin did not take all results. */
  async #write(): Promise<boolean> {
    while (this.#queue.pendingCount > 0) {
      if (this.#stopped.signal.aborted) return true;
      const { results, keys } = await this.#queue.oldest(writeBytes);
      if (results.length > 0 && !(await this.#client.write(results))) return false;
      await this.#queue.drop(keys);
    }
    return true;
  }

  #isFull(): boolean {
    const { pendingBytes, pendingCount } = this.#queue;
    const full = pendingBytes > pendingLimits.bytes || pendingCount > pendingLimits.count;
    const text = `No distributed queries are taken: ${pendingCount} results of ${pendingBytes} bytes wait to be written`;
    if (full && !this.#full) this.#options.status.warning('distributed', text);
    this.#full = full;
    return full;
  }

  /** Says the same not in every cycle. */
  #complain(text: string): void {
    if (text !== this.#lastTrouble) this.#options.status.warning('distributed', text);
    this.#trouble = text;
  }

  #unixTime(): number {
    return Math.floor(this.#options.clock.now() / 1000);
  }
}
