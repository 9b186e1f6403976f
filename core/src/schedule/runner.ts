import { OutpostError } from '@outpost/protocol';
import type { TableStats } from '../engine/messages.ts';
import type { ScheduleTime } from '../engine/sources/source.ts';
import { reasonOf } from '../reason.ts';
import type { DiffResult } from '../results/diff.ts';
import type { Outbox } from '../results/outbox/outbox.ts';
import { forgetOperations } from '../results/query-state.ts';
import type { StoredState } from '../results/state.ts';
import type { Speaker } from '../speaker.ts';
import type { Operation, Store } from '../storage/store.ts';
import type { Clock } from './clock.ts';
import { markEnded, markRunning } from './marks.ts';
import { Outcomes } from './outcome.ts';
import {
  addRun,
  forgetPerformance,
  noPerformance,
  type QueryPerformance,
  type RunCost,
  type RunScans,
  runScans,
  savePerformance,
} from './performance.ts';
import type { ScheduledQuery } from './query.ts';
import { noFigures, type RunLog, type RunRecord } from './run-log.ts';
import type { ScheduleSettings } from './settings.ts';
import { StoreTrouble } from './store-trouble.ts';

/** What the engine gives for one run: a part of its QueryResult. */
export interface RunResult {
  readonly columns: readonly { readonly name: string }[];
  readonly blocks: readonly Uint8Array[];
  readonly rowCount: number;
  readonly stats: {
    readonly wallMs: number;
    readonly userMs: number;
    readonly systemMs: number;
    readonly memoryBytes?: number;
    readonly tables?: readonly TableStats[];
  };
  /** Made in the query thread when a previous state was given. */
  readonly diff?: DiffResult | undefined;
}

/** Runs SQL in the lane of scheduled queries. */
export type RunQuery = (
  sql: string,
  options: {
    readonly name: string;
    readonly signal: AbortSignal;
    readonly previous?: StoredState;
    readonly schedule?: ScheduleTime;
  },
) => Promise<RunResult>;

/** What surrounds the queries of the schedule. */
export interface RunnerOptions {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly status: Speaker;
  readonly runQuery: RunQuery;
  readonly settings: () => ScheduleSettings;
  readonly hostIdentifier: () => string;
  /** The decorations of now. */
  readonly decorations?: () => Readonly<Record<string, string>>;
  /** Called before each run: for decorators that are to run always. */
  readonly beforeQuery?: () => Promise<void>;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Is told of a run that failed though nobody gave it up. */
export type OnFailure = (query: ScheduledQuery, error: unknown) => Promise<void>;

/** A run that has begun. */
interface Run {
  readonly query: ScheduledQuery;
  /** Its counters at that time: others, or none, when it has been edited or removed meanwhile. */
  readonly performance: QueryPerformance | undefined;
}

/** Runs scheduled queries and commits what each gave: new state, log lines and counters in one batch. */
export class QueryRunner {
  readonly #options: RunnerOptions;
  readonly #runs: RunLog;
  readonly #onFailure: OnFailure;
  readonly #outcomes: Outcomes;
  readonly #trouble: StoreTrouble;
  readonly #performance = new Map<string, QueryPerformance>();
  readonly #scans = new Map<string, RunScans>();

  constructor(options: RunnerOptions, runs: RunLog, onFailure: OnFailure) {
    this.#options = options;
    this.#runs = runs;
    this.#onFailure = onFailure;
    this.#outcomes = new Outcomes(options);
    this.#trouble = new StoreTrouble(options.status);
  }

  /** The counters of a query. */
  performance(name: string): QueryPerformance {
    return this.#performance.get(name) ?? noPerformance;
  }

  /** What the last run of a query asked of its tables; undefined before its first result. */
  scans(name: string): RunScans | undefined {
    return this.#scans.get(name);
  }

  /** Sets the counters of a query; without any, it is forgotten. Either way its last run is that of another statement. */
  setPerformance(name: string, performance: QueryPerformance | undefined): void {
    this.#scans.delete(name);
    if (performance === undefined) this.#performance.delete(name);
    else this.#performance.set(name, { ...performance });
  }

  /** Runs a query. Never rejects: what fails is said in the status log, and the next run is as any other. */
  async run(query: ScheduledQuery, signal: AbortSignal, schedule?: ScheduleTime): Promise<void> {
    const { store, status, settings, clock, beforeQuery } = this.#options;
    const { name } = query;
    if (settings().logNames) status.info('scheduler', `Executing scheduled query ${name}`);
    else status.verbose('scheduler', `Executing scheduled query ${name}: ${query.query}`);
    const began = clock.monotonic();
    const startedMs = clock.now();
    const run = { query, performance: this.#performance.get(name) };
    try {
      await beforeQuery?.();
      await store.batch(markRunning(query, this.#unixTime()));
      this.#runs.add({
        ...noFigures,
        name,
        startedMs,
        status: 'ok',
        ...(await this.#execute(run, signal, schedule)),
      });
    } catch (error) {
      const wallMs = clock.monotonic() - began;
      if (!signal.aborted) {
        this.#complain(name, error);
        this.#runs.add({ ...noFigures, name, startedMs, status: 'failed', wallMs, ...failureOf(error) });
        await this.#onFailure(query, error);
      }
      await this.#fail(run, error, wallMs);
    }
  }

  #unixTime(): number {
    return Math.floor(this.#options.clock.now() / 1000);
  }

  #complain(name: string, error: unknown): void {
    if (StoreTrouble.is(error)) this.#trouble.failed(name, error);
    else this.#options.status.error('scheduler', `Error executing scheduled query ${name}: ${reasonOf(error)}`);
  }

  async #fail(run: Run, error: unknown, wallMs: number): Promise<void> {
    const { store, status } = this.#options;
    const { name } = run.query;
    const cost = { wallMs, userMs: 0, systemMs: 0, memoryBytes: 0, outputSize: 0 };
    // A stored state that cannot be read would fail for ever: the query begins anew instead.
    const damaged = error instanceof OutpostError && error.code === 'RESULT_MALFORMED';
    if (damaged) this.#outcomes.lose(name);
    try {
      await this.#counted(run, cost, count =>
        store.batch([markEnded(name), count, ...(damaged ? forgetOperations(name) : [])]),
      );
    } catch (failure) {
      if (StoreTrouble.is(error)) return;
      const reason = reasonOf(failure);
      status.warning('scheduler', `Could not write performance stats for query ${name} to the database: ${reason}`);
    }
  }

  /** Counts a run as soon as `commit` has written it; what was removed or edited while it ran stays removed, or begins at nothing. */
  async #counted(
    { query: { name }, performance: before }: Run,
    cost: RunCost,
    commit: (count: Operation) => Promise<unknown>,
  ): Promise<void> {
    const performance = addRun(before ?? noPerformance, cost, this.#unixTime());
    await commit(savePerformance(name, performance));
    const now = this.#performance.get(name);
    if (now === before) this.#performance.set(name, performance);
    else await this.#options.store.batch([now === undefined ? forgetPerformance(name) : savePerformance(name, now)]);
  }

  async #execute(run: Run, signal: AbortSignal, schedule: ScheduleTime | undefined): Promise<Partial<RunRecord>> {
    const { outbox, runQuery, settings } = this.#options;
    const { query } = run;
    const { name } = query;
    const previous = await this.#outcomes.previous(query);
    const differ = previous !== undefined && !query.eventBased;
    const result = await runQuery(query.query, {
      name,
      signal,
      ...(differ && { previous: previous.state }),
      ...(schedule !== undefined && !settings().disableCaching && { schedule }),
    });
    const outcome = await this.#outcomes.of(query, previous, result);
    const { userMs, systemMs, wallMs, memoryBytes = 0, tables = [] } = result.stats;
    const cost = { userMs, systemMs, wallMs, memoryBytes, outputSize: outcome.outputSize };
    const lines = outcome.lines.map(text => ({ kind: outcome.kind, text }));
    await this.#counted(run, cost, count => outbox.commit([...outcome.operations, markEnded(name), count], lines));
    this.#trouble.passed();
    if (this.#performance.has(name)) this.#scans.set(name, runScans(tables, this.#unixTime()));
    return { wallMs, userMs, systemMs, rows: result.rowCount, ...outcome.told };
  }
}

const failureOf = (error: unknown): Pick<RunRecord, 'error' | 'code'> => ({
  error: reasonOf(error),
  code: error instanceof OutpostError ? error.code : '',
});
