import { OutpostError } from '@outpost/protocol';
import type { DistributedStats, WrittenResult } from '@outpost/sdk';
import { reasonOf } from '../reason.ts';
import { isInnocent, type LastEnd } from '../watchdog/last-end.ts';
import type { Markers } from './markers.ts';
import type { DistributedOptions, LiveResult } from './options.ts';
import type { LiveQueue } from './queue.ts';

/** What the server is told of a query that is not run because it killed the process before. */
const deniedText = 'distributed query is denylisted';

/** Runs live queries, one at a time, each under a mark that outlives the process. */
export class LiveRunner {
  readonly #options: DistributedOptions;
  readonly #queue: LiveQueue;
  readonly #markers: Markers;
  readonly #signal: AbortSignal;
  /** What the query is called that runs. */
  #runningId: string | undefined;
  /** The SQL that carries a mark. */
  #running: string | undefined;
  /** What the query did that has just ended, if it was to blame for what the process took. */
  #guilt: string | undefined;
  /** Why the process is about to be ended. */
  #verdict: string | undefined;

  constructor(options: DistributedOptions, queue: LiveQueue, markers: Markers, signal: AbortSignal) {
    this.#options = options;
    this.#queue = queue;
    this.#markers = markers;
    this.#signal = signal;
  }

  /** Says why the process is about to be ended: a query did it. @returns false when that one does not run */
  blame(id: string, message: string): boolean {
    if (this.#runningId !== id) return false;
    this.#verdict = message;
    return true;
  }

  /** Settles the mark of the query that ran when the last worker ended: it says what for, or goes when the query was not to blame. */
  async settle(end: LastEnd): Promise<void> {
    const { reason, running = [], culprit } = end;
    const ran = running.find(({ lane }) => lane === 'live');
    const sql = ran === undefined ? undefined : await this.#queue.sqlOf(ran.name);
    if (ran === undefined || sql === undefined) return;
    const table = ran.table === '' ? '' : `; the table that it asked last is ${ran.table}`;
    const text = `${reason} while it ran${table}${culprit === undefined ? '' : `; ${culprit.figure}`}.`;
    const mark = isInnocent(ran, end) ? this.#markers.clear(sql) : this.#markers.set(sql, this.#unixTime(), text);
    await this.#options.store.batch([mark]);
  }

  /** Runs all queries that wait, in the byte order of their ids. */
  async runAll(): Promise<void> {
    let next = await this.#queue.next('');
    while (next !== undefined && !this.#signal.aborted) {
      await this.#run(next.id, next.sql);
      next = await this.#queue.next(next.id);
    }
  }

  /** Whether a discovery query gives a row; one that killed the process before does not. @throws Error when it fails */
  async discovers(id: string, sql: string): Promise<boolean> {
    if ((await this.#markers.denial(sql, this.#unixTime())) !== undefined) {
      this.#options.status.warning('distributed', `The discovery query of ${id} is denylisted: it killed the agent`);
      return false;
    }
    try {
      const { rows } = await this.#runMarked(id, sql);
      return rows.length > 0;
    } finally {
      await this.unmark();
    }
  }

  async #run(id: string, sql: string): Promise<void> {
    const { status, settings } = this.#options;
    const denial = await this.#markers.denial(sql, this.#unixTime());
    if (denial !== undefined) {
      status.warning('distributed', `Not executing denylisted distributed query: ${id}`);
      const message = denial === '' ? deniedText : `${deniedText}: ${denial}`;
      return this.#queue.finish({ id, rows: [], status: 1, message }, []);
    }
    const text = `Executing distributed query: ${id}: ${sql}`;
    if (settings().logQueries === true) status.info('distributed', text);
    else status.verbose('distributed', text);
    const result = await this.#outcome(id, sql);
    // Stopped, it runs anew after the next start; the mark goes with the very batch that brings the result.
    if (result === undefined) return this.unmark();
    const guilt = this.#guilt ?? this.#verdict;
    this.#guilt = undefined;
    const mark = guilt === undefined ? this.#markers.clear(sql) : this.#markers.set(sql, this.#unixTime(), guilt);
    await this.#queue.finish(result, [mark]);
    this.#running = undefined;
    this.#runningId = undefined;
  }

  /** Undefined when the agent stopped the query. */
  async #outcome(id: string, sql: string): Promise<WrittenResult | undefined> {
    const { status, clock } = this.#options;
    const began = clock.monotonic();
    try {
      const { rows, stats } = await this.#runMarked(id, sql);
      return { id, rows, status: 0, message: '', stats: statsOf(stats) };
    } catch (error) {
      if (this.#signal.aborted && this.#verdict === undefined) return undefined;
      const message = this.#verdict ?? reasonOf(error);
      if (error instanceof OutpostError && error.code === 'QUERY_AGENT_LIMIT') this.#guilt = message;
      status.error('distributed', `Error executing distributed query: ${id}: ${message}`);
      const stats = statsOf({ wallMs: clock.monotonic() - began, userMs: 0, systemMs: 0 });
      return { id, rows: [], status: 1, message, stats };
    }
  }

  async #runMarked(name: string, sql: string): Promise<LiveResult> {
    await this.#options.store.batch([this.#markers.set(sql, this.#unixTime())]);
    this.#running = sql;
    this.#runningId = name;
    return this.#options.runQuery(sql, { name, signal: this.#signal });
  }

  /** Takes the mark off the query that runs, unless the agent ends because of it. */
  async unmark(): Promise<void> {
    const sql = this.#running;
    if (sql === undefined) return;
    const verdict = this.#verdict;
    const mark = verdict === undefined ? this.#markers.clear(sql) : this.#markers.set(sql, this.#unixTime(), verdict);
    await this.#options.store.batch([mark]);
    this.#running = undefined;
    this.#runningId = undefined;
  }

  #unixTime(): number {
    return Math.floor(this.#options.clock.now() / 1000);
  }
}

const statsOf = ({ wallMs, userMs, systemMs, memoryBytes = 0 }: LiveResult['stats']): DistributedStats => ({
  wallTimeMs: whole(wallMs),
  userTimeMs: whole(userMs),
  systemTimeMs: whole(systemMs),
  memoryBytes: whole(memoryBytes),
});

const whole = (value: number): number => Math.max(0, Math.trunc(value));
