import type { Operation } from '../storage/store.ts';
import { Denylist } from './denylist.ts';
import { loadPerformance, noPerformance, type QueryPerformance, savePerformance } from './performance.ts';
import type { ScheduledQuery } from './query.ts';
import { QueryRunner, type RunnerOptions } from './runner.ts';
import { splayedIntervals } from './splay.ts';

/** What the schedule needs from the rest of the agent. */
export interface SchedulerOptions extends RunnerOptions {
  /** Called at the end of each tick with the schedule's time: for interval decorators, reloads and the like. */
  readonly afterTick?: (virtualTime: number) => Promise<void>;
}

/** A row of the table `osquery_schedule`. */
export interface ScheduleRow extends QueryPerformance {
  readonly name: string;
  readonly query: string;
  readonly interval: number;
  readonly denylisted: number;
}

/**
 * The schedule: one tick a second of a virtual clock that begins at the time of day and is never set again. A query whose splayed
 * interval divides the virtual time runs; one at a time, so that no query ever runs twice at once and a slow one delays nothing but
 * the schedule.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #runner: QueryRunner;
  readonly #stopped = new AbortController();
  readonly #ranOnce = new Set<string>();
  #denylist: Denylist;
  #queries: readonly ScheduledQuery[] = [];
  #intervals: ReadonlyMap<string, number> = new Map();
  #loop: Promise<void> | undefined;

  private constructor(options: SchedulerOptions, denylist: Denylist) {
    this.#options = options;
    this.#runner = new QueryRunner(options);
    this.#denylist = denylist;
  }

  /** Reads what an earlier process left behind: the denylist, and a query that did not end. */
  static async open(options: SchedulerOptions): Promise<Scheduler> {
    const { store, status, clock, settings } = options;
    const now = Math.floor(clock.now() / 1000);
    return new Scheduler(options, await Denylist.load(store, status, now, !settings().disableWatchdog));
  }

  /** Takes over a schedule: the queries that may run, in the order in which they run. */
  async update(queries: readonly ScheduledQuery[]): Promise<void> {
    const { store, settings, random } = this.#options;
    await this.#settlePerformance(queries);
    this.#intervals = await splayedIntervals(store, queries, settings().splayPercent, random);
    this.#queries = [...queries];
  }

  /** Runs until it is stopped or `--schedule_timeout` is over. */
  run(): Promise<void> {
    this.#loop ??= this.#run();
    return this.#loop;
  }

  /** Stops the schedule, and the query that runs. Resolves when it has ended. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
  }

  /** Runs what is due at a virtual time. */
  async tick(virtualTime: number): Promise<void> {
    const { signal } = this.#stopped;
    const queries = this.#queries;
    for (const query of queries) {
      if (signal.aborted) return;
      if (queries !== this.#queries && !this.#queries.includes(query)) continue;
      if (!this.#due(query, virtualTime)) continue;
      if (await this.#denylist.denies(query, Math.floor(this.#options.clock.now() / 1000))) continue;
      this.#ranOnce.add(query.name);
      await this.#runner.run(query, signal);
    }
    await this.#options.afterTick?.(virtualTime);
  }

  /** The rows of `osquery_schedule`. */
  rows(): ScheduleRow[] {
    return this.#queries.map(({ name, query, interval }) => ({
      name,
      query,
      interval,
      ...this.#runner.performance(name),
      denylisted: this.#denylist.has(name) ? 1 : 0,
    }));
  }

  #due({ name, startupPriority }: ScheduledQuery, virtualTime: number): boolean {
    if (startupPriority !== undefined && !this.#ranOnce.has(name)) return true;
    return virtualTime % (this.#intervals.get(name) ?? 1) === 0;
  }

  async #run(): Promise<void> {
    const { clock, settings, status } = this.#options;
    const { signal } = this.#stopped;
    const start = Math.floor(clock.now() / 1000);
    let driftMs = 0;
    for (let virtualTime = start; !signal.aborted; virtualTime++) {
      const { timeoutSeconds, maxDriftSeconds } = settings();
      if (timeoutSeconds > 0 && virtualTime > start + timeoutSeconds) {
        status.info('scheduler', `The scheduler ended after ${timeoutSeconds} seconds`);
        return;
      }
      const began = clock.monotonic();
      await this.tick(virtualTime);
      const lateMs = clock.monotonic() - began + driftMs - 1000;
      if (lateMs < 0) await clock.sleep(-lateMs, signal);
      driftMs = lateMs < 0 || lateMs > maxDriftSeconds * 1000 ? 0 : lateMs;
    }
  }

  /** Counters begin anew for a query whose SQL was edited, and go with a query that is removed. */
  async #settlePerformance(queries: readonly ScheduledQuery[]): Promise<void> {
    const { store, status } = this.#options;
    const before = new Map(this.#queries.map(query => [query.name, query.query]));
    const operations: Operation[] = [];
    for (const { name, query } of queries) {
      const known = before.get(name);
      before.delete(name);
      if (known === query) continue;
      if (known === undefined) {
        this.#runner.setPerformance(name, await loadPerformance(store, name));
        continue;
      }
      status.info('scheduler', `Clearing performance stats for query: ${name}`);
      this.#runner.setPerformance(name, noPerformance);
      operations.push(savePerformance(name, noPerformance));
    }
    for (const name of before.keys()) {
      this.#runner.setPerformance(name, undefined);
      operations.push({ type: 'delete', domain: 'query_performance', key: name });
    }
    await store.batch(operations);
  }
}
