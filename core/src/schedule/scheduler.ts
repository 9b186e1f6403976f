import { OutpostError } from '@outpost/protocol';
import { bounded } from '../engine/bounded.ts';
import { reasonOf } from '../reason.ts';
import type { Operation } from '../storage/store.ts';
import type { QueryScans } from '../tables/outpost_query_scans.ts';
import type { ScheduleStanding } from '../tables/outpost_schedule.ts';
import type { Culprit, LastEnd } from '../watchdog/last-end.ts';
import { ClockWatch } from './clock-watch.ts';
import { markEnded } from './marks.ts';
import {
  forgetPerformance,
  loadPerformance,
  noPerformance,
  type QueryPerformance,
  savePerformance,
} from './performance.ts';
import { type Guilt, Quarantine } from './quarantine.ts';
import type { ScheduledQuery } from './query.ts';
import { noFigures, percentile, RunLog } from './run-log.ts';
import { QueryRunner, type RunnerOptions } from './runner.ts';
import { splayedIntervals } from './splay.ts';

/** What the schedule needs from the rest of the agent. */
export interface SchedulerOptions extends RunnerOptions {
  /** Called at the end of each tick with the schedule's time: for interval decorators, reloads and the like. */
  readonly afterTick?: (virtualTime: number) => Promise<void>;
  /** Queries that did harm; read from the store when left out. */
  readonly quarantine?: Quarantine;
}

/** A row of the table `osquery_schedule`. */
export interface ScheduleRow extends QueryPerformance {
  readonly name: string;
  readonly query: string;
  readonly interval: number;
  readonly denylisted: 0 | 1;
}

/** What the engine stops a query for, and what that makes it guilty of. */
const guilts: Readonly<Record<string, Guilt>> = {
  QUERY_DEADLINE: 'deadline',
  QUERY_BUDGET_ROWS: 'rows',
  QUERY_BUDGET_BYTES: 'bytes',
  QUERY_BUDGET_CPU: 'cpu',
  QUERY_BUDGET_MEMORY: 'memory',
  QUERY_THREAD_LOST: 'thread',
  QUERY_AGENT_LIMIT: 'limit',
};

/** Reads what an earlier process left behind: the quarantine, and queries that did not end. @param end how that process ended */
export const loadQuarantine = (
  { store, status, clock, settings }: Pick<SchedulerOptions, 'store' | 'status' | 'clock' | 'settings'>,
  end?: LastEnd,
): Promise<Quarantine> => {
  const now = (): number => Math.floor(clock.now() / 1000);
  return Quarantine.load({ store, status, now, strikes: () => settings().strikes }, !settings().disableWatchdog, end);
};

/** How long the others wait for a query before they go on beside it, milliseconds. */
const patienceMs = 2000;
/** How many queries may be left behind in that way at once; with as many, the schedule waits. */
const besideLimit = 3;

/**
 * The schedule: one tick a second of a virtual clock that begins at the time of day and is never set again. A query whose splayed
 * interval divides the virtual time runs. Queries run one after the other, but one that takes long is left to run beside the
 * others; no query ever runs twice at once.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #runner: QueryRunner;
  readonly #runs = new RunLog();
  readonly #quarantine: Quarantine;
  readonly #stopped = new AbortController();
  readonly #ranOnce = new Set<string>();
  /** The queries that run now, by name. */
  readonly #running = new Map<string, Promise<void>>();
  #queries: readonly ScheduledQuery[] = [];
  #intervals: ReadonlyMap<string, number> = new Map();
  #virtualTime = 0;
  #loop: Promise<void> | undefined;
  #ended: Promise<void> | undefined;

  private constructor(options: SchedulerOptions, quarantine: Quarantine) {
    this.#options = options;
    this.#quarantine = quarantine;
    this.#runner = new QueryRunner(options, this.#runs, (query, error) => this.#judge(query, error));
  }

  /** Opens a schedule without queries. */
  static async open(options: SchedulerOptions): Promise<Scheduler> {
    return new Scheduler(options, options.quarantine ?? (await loadQuarantine(options)));
  }

  /** Queries that did harm and are held. */
  get quarantine(): Quarantine {
    return this.#quarantine;
  }

  /** The last runs. */
  get runs(): RunLog {
    return this.#runs;
  }

  /** Takes over a schedule: the queries that may run, in the order in which they run. */
  async update(queries: readonly ScheduledQuery[]): Promise<void> {
    const { store, settings, random } = this.#options;
    const performance = await this.#settlePerformance(queries);
    const splayed = await splayedIntervals(store, queries, settings().splayPercent, random);
    this.#intervals = splayed.intervals;
    this.#queries = [...queries];
    this.#runs.keep(new Set(queries.map(({ name }) => name)));
    await this.#remember([...performance, ...splayed.operations]);
  }

  /** Runs until it is stopped or `--schedule_timeout` is over. */
  run(): Promise<void> {
    this.#loop ??= this.#tickForEver();
    return this.#loop;
  }

  /** Stops the schedule, and the queries that run. @param timeoutMs the longest to wait for one that does not end; it has done no harm by that */
  stop(timeoutMs = 5000): Promise<void> {
    this.#ended ??= this.#end(timeoutMs);
    return this.#ended;
  }

  async #end(timeoutMs: number): Promise<void> {
    this.#stopped.abort();
    const ended = Promise.all([this.#loop, ...this.#running.values()]);
    if (await bounded(ended, timeoutMs)) return;
    await this.#options.store.batch([...this.#running.keys()].map(markEnded));
  }

  /** Holds the query for which the process takes more than it may; called before it is ended for that. */
  async blame({ name, figure, table }: Culprit, limit: string): Promise<void> {
    const query = this.#queries.find(each => each.name === name);
    const where = table === '' ? '' : `; the table that it asked last is ${table}`;
    if (query !== undefined && this.#running.has(name))
      await this.#quarantine.strike(query, 'limit', `${limit} while it ran: ${figure}${where}.`);
  }

  /** Runs what is due at a virtual time. */
  async tick(virtualTime: number): Promise<void> {
    const { signal } = this.#stopped;
    const queries = this.#queries;
    this.#virtualTime = virtualTime;
    for (const query of queries) {
      if (signal.aborted) return;
      if (queries !== this.#queries && !this.#queries.includes(query)) continue;
      if (!this.#due(query, virtualTime) || (await this.#leftOut(query))) continue;
      this.#ranOnce.add(query.name);
      await this.#run(query);
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
      denylisted: this.#quarantine.has(name) ? 1 : 0,
    }));
  }

  /** What the last run of each query asked of its tables. */
  scans(): QueryScans[] {
    return this.#queries.flatMap(({ name }) => {
      const scans = this.#runner.scans(name);
      return scans === undefined ? [] : [{ name, ...scans }];
    });
  }

  /** The rows of `outpost_schedule`. */
  standings(): ScheduleStanding[] {
    return this.#queries.map(({ name }) => {
      const { runs, ok, failed, leftOut } = this.#runs.of(name);
      const last = runs.at(-1);
      const interval = this.#intervals.get(name) ?? 1;
      return {
        name,
        splayed_interval: interval,
        next_run_in: interval - (this.#virtualTime % interval),
        last_status: last?.status ?? '',
        last_code: last?.code ?? '',
        last_error: last?.error ?? '',
        last_rows: last?.rows ?? 0,
        last_started: (last?.startedMs ?? 0) / 1000,
        runs_ok: ok,
        runs_failed: failed,
        runs_left_out: leftOut,
        p50_ms: percentile(runs, 0.5) ?? null,
        p95_ms: percentile(runs, 0.95) ?? null,
        running: this.#running.has(name) ? 1 : 0,
      };
    });
  }

  #due({ name, startupPriority }: ScheduledQuery, virtualTime: number): boolean {
    if (startupPriority !== undefined && !this.#ranOnce.has(name)) return true;
    return virtualTime % (this.#intervals.get(name) ?? 1) === 0;
  }

  /** Whether a due query must not run: because it is held, or has not ended. */
  async #leftOut(query: ScheduledQuery): Promise<boolean> {
    const late = this.#running.has(query.name);
    if (!late && !(await this.#quarantine.denies(query))) return false;
    const error = late ? 'Its last run has not ended.' : 'It is in quarantine.';
    const startedMs = this.#options.clock.now();
    this.#runs.add({ ...noFigures, name: query.name, startedMs, status: late ? 'late' : 'denied', error });
    return true;
  }

  /** Runs a query; when it takes long, the rest of the schedule does not wait for it. */
  async #run(query: ScheduledQuery): Promise<void> {
    const { name } = query;
    const ended = new AbortController();
    const time = { step: this.#virtualTime, interval: this.#intervals.get(name) ?? 1 };
    const run = this.#runner.run(query, this.#stopped.signal, time).finally(() => {
      this.#running.delete(name);
      ended.abort();
    });
    this.#running.set(name, run);
    await Promise.race([run, this.#options.clock.sleep(patienceMs, ended.signal)]);
    if (this.#running.size > besideLimit) await Promise.race(this.#running.values());
  }

  /** Holds a query that the engine had to stop. */
  async #judge(query: ScheduledQuery, error: unknown): Promise<void> {
    const guilt = error instanceof OutpostError ? guilts[error.code] : undefined;
    if (guilt !== undefined && error instanceof OutpostError)
      await this.#quarantine.strike(query, guilt, error.message);
  }

  async #tickForEver(): Promise<void> {
    const { clock, settings, status } = this.#options;
    const { signal } = this.#stopped;
    const start = Math.floor(clock.now() / 1000);
    const watch = new ClockWatch(clock, status);
    let driftMs = 0;
    for (let virtualTime = start; !signal.aborted; virtualTime++) {
      const { timeoutSeconds, maxDriftSeconds } = settings();
      if (timeoutSeconds > 0 && virtualTime > start + timeoutSeconds) {
        status.info('scheduler', `The scheduler ended after ${timeoutSeconds} seconds`);
        return;
      }
      const began = clock.monotonic();
      watch.look();
      await this.tick(virtualTime);
      const lateMs = clock.monotonic() - began + driftMs - 1000;
      if (lateMs < 0) await clock.sleep(-lateMs, signal);
      driftMs = lateMs < 0 || lateMs > maxDriftSeconds * 1000 ? 0 : lateMs;
    }
  }

  /** What cannot be stored, as on a full disk, is not known after the next start; the schedule counts all the same. */
  async #remember(operations: readonly Operation[]): Promise<void> {
    const { store, status } = this.#options;
    try {
      await store.batch(operations);
    } catch (error) {
      status.warning('scheduler', `Counters and intervals of queries could not be stored: ${reasonOf(error)}`);
    }
  }

  /** Counters begin anew for a query whose SQL was edited, and go with a query that is removed. @returns what is to be stored */
  async #settlePerformance(queries: readonly ScheduledQuery[]): Promise<readonly Operation[]> {
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
      operations.push(forgetPerformance(name));
    }
    return operations;
  }
}
