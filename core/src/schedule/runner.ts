import { OutpostError } from '@outpost/protocol';
import type { TableStats } from '../engine/messages.ts';
import type { ScheduleTime } from '../engine/sources/source.ts';
import { reasonOf } from '../reason.ts';
import { type DiffResult, diffRows } from '../results/diff.ts';
import { differentialLines, type LineHeader, snapshotLines, snapshotPrinter } from '../results/lines.ts';
import type { Outbox } from '../results/outbox/outbox.ts';
import type { EntryKind } from '../results/outbox/record.ts';
import {
  forgetOperations,
  freshState,
  loadQueryState,
  type QueryRecord,
  saveOperations,
} from '../results/query-state.ts';
import { emptyState, type StoredState } from '../results/state.ts';
import type { Speaker } from '../speaker.ts';
import type { Operation, Store } from '../storage/store.ts';
import type { Clock } from './clock.ts';
import { markEnded, markRunning } from './marks.ts';
import {
  addRun,
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

/** How many lines are written before other work of the thread gets its turn. */
const linesAtOnce = 1000;

interface Outcome {
  readonly operations: readonly Operation[];
  readonly lines: readonly string[];
  readonly kind: EntryKind;
  readonly outputSize: number;
  /** What the log lines tell. */
  readonly told: Partial<Pick<RunRecord, 'added' | 'removed' | 'counter'>>;
}

interface Previous {
  readonly record: QueryRecord;
  readonly state: StoredState;
  /** Whether the result is the first of its epoch. */
  readonly fresh: boolean;
  /** What to say when the record differs from what is stored. */
  readonly news: string | undefined;
}

/** Runs scheduled queries and commits what each gave: new state, log lines and counters in one batch. */
export class QueryRunner {
  readonly #options: RunnerOptions;
  readonly #runs: RunLog;
  readonly #onFailure: OnFailure;
  readonly #performance = new Map<string, QueryPerformance>();
  readonly #scans = new Map<string, RunScans>();

  constructor(options: RunnerOptions, runs: RunLog, onFailure: OnFailure) {
    this.#options = options;
    this.#runs = runs;
    this.#onFailure = onFailure;
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
    else this.#performance.set(name, performance);
  }

  /** Runs a query. Never rejects: what fails is said in the status log, and the next run is as any other. */
  async run(query: ScheduledQuery, signal: AbortSignal, schedule?: ScheduleTime): Promise<void> {
    const { store, status, settings, clock, beforeQuery } = this.#options;
    const { name } = query;
    if (settings().logNames) status.info('scheduler', `Executing scheduled query ${name}`);
    else status.verbose('scheduler', `Executing scheduled query ${name}: ${query.query}`);
    const began = clock.monotonic();
    const startedMs = clock.now();
    try {
      await beforeQuery?.();
      await store.batch(markRunning(query, this.#unixTime()));
      this.#runs.add({
        ...noFigures,
        name,
        startedMs,
        status: 'ok',
        ...(await this.#execute(query, signal, schedule)),
      });
    } catch (error) {
      const wallMs = clock.monotonic() - began;
      if (!signal.aborted) {
        this.#complain(name, error);
        this.#runs.add({ ...noFigures, name, startedMs, status: 'failed', wallMs, ...failureOf(error) });
        await this.#onFailure(query, error);
      }
      await this.#fail(name, error, wallMs);
    }
  }

  #unixTime(): number {
    return Math.floor(this.#options.clock.now() / 1000);
  }

  #complain(name: string, error: unknown): void {
    const { status } = this.#options;
    const reason = reasonOf(error);
    const ours = error instanceof OutpostError && error.code.startsWith('STORE_');
    const text = ours
      ? `Error adding new results to database for query ${name}`
      : `Error executing scheduled query ${name}`;
    status.error('scheduler', `${text}: ${reason}`);
  }

  async #fail(name: string, error: unknown, wallMs: number): Promise<void> {
    const { store, status } = this.#options;
    const cost = { wallMs, userMs: 0, systemMs: 0, memoryBytes: 0, outputSize: 0 };
    // A stored state that cannot be read would fail for ever: the query begins anew instead.
    const damaged = error instanceof OutpostError && error.code === 'RESULT_MALFORMED';
    try {
      await this.#counted(name, cost, count =>
        store.batch([markEnded(name), count, ...(damaged ? forgetOperations(name) : [])]),
      );
    } catch (failure) {
      const reason = reasonOf(failure);
      status.warning('scheduler', `Could not write performance stats for query ${name} to the database: ${reason}`);
    }
  }

  /** Counts a run as soon as `commit` has written it. */
  async #counted(name: string, cost: RunCost, commit: (count: Operation) => Promise<unknown>): Promise<void> {
    const performance = addRun(this.performance(name), cost, this.#unixTime());
    await commit(savePerformance(name, performance));
    this.#performance.set(name, performance);
  }

  async #execute(
    query: ScheduledQuery,
    signal: AbortSignal,
    schedule: ScheduleTime | undefined,
  ): Promise<Partial<RunRecord>> {
    const { outbox, runQuery, settings } = this.#options;
    const { name } = query;
    const previous = query.snapshot ? undefined : await this.#previous(query);
    const differ = previous !== undefined && !query.eventBased;
    const result = await runQuery(query.query, {
      name,
      signal,
      ...(differ && { previous: previous.state }),
      ...(schedule !== undefined && !settings().disableCaching && { schedule }),
    });
    const outcome =
      previous === undefined ? await this.#snapshot(query, result) : await this.#difference(query, previous, result);
    const { userMs, systemMs, wallMs, memoryBytes = 0, tables = [] } = result.stats;
    const cost = { userMs, systemMs, wallMs, memoryBytes, outputSize: outcome.outputSize };
    const lines = outcome.lines.map(text => ({ kind: outcome.kind, text }));
    await this.#counted(name, cost, count => outbox.commit([...outcome.operations, markEnded(name), count], lines));
    this.#scans.set(name, runScans(tables, this.#unixTime()));
    return { wallMs, userMs, systemMs, rows: result.rowCount, ...outcome.told };
  }

  async #previous({ name, query: sql }: ScheduledQuery): Promise<Previous> {
    const { store, settings, random } = this.#options;
    const { epoch, nullText } = settings();
    const stored = await loadQueryState(store, name, nullText);
    const fresh = { sql, epoch, counter: undefined };
    if (stored === undefined) {
      const news = `Storing initial results for new scheduled query: ${name}`;
      return { record: fresh, state: freshState(nullText, random), fresh: true, news };
    }
    const { record, state } = stored;
    if (record.epoch !== epoch) {
      const news = `New Epoch ${epoch} for scheduled query ${name}`;
      return { record: fresh, state: emptyState(state.seed, nullText), fresh: true, news };
    }
    const news = record.sql === sql ? undefined : `Scheduled query has been updated: ${name}`;
    return { record: { ...record, sql }, state, fresh: false, news };
  }

  async #snapshot({ name }: ScheduledQuery, result: RunResult): Promise<Outcome> {
    const format = this.#options.settings();
    const names = result.columns.map(column => column.name);
    const printer = snapshotPrinter(names, format);
    const lines = await collect(snapshotLines(this.#header(name, 0), format, printer, result.blocks));
    return { operations: [], lines, kind: 'snapshot', outputSize: printer.size, told: { added: result.rowCount } };
  }

  async #difference(query: ScheduledQuery, previous: Previous, result: RunResult): Promise<Outcome> {
    const { state, fresh, news } = previous;
    if (news !== undefined) this.#options.status.info('scheduler', news);
    const format = this.#options.settings();
    const names = result.columns.map(column => column.name);
    const base = query.eventBased ? emptyState(state.seed, format.nullText) : state;
    const diff = result.diff ?? diffRows(base, names, result.blocks);
    const counter = query.eventBased ? eventCounter(previous, diff) : tableCounter(previous, diff);
    const record = { ...previous.record, counter };
    const changed = query.eventBased ? diff.addedCount > 0 : diff.change !== undefined;
    const write = news !== undefined || changed;
    const change = query.eventBased ? undefined : diff.change;
    const operations = write ? saveOperations(query.name, record, state, change) : [];
    if (fresh) operations.unshift(...forgetOperations(query.name).slice(1));
    const shown = query.removed === false ? { ...diff, removed: noRows, removedCount: 0 } : diff;
    const silent = shown.addedCount + shown.removedCount === 0 && !(fresh && !query.eventBased);
    const header = this.#header(query.name, counter ?? 0);
    const lines = silent ? [] : await collect(differentialLines(header, format, shown));
    const told = { added: shown.addedCount, removed: shown.removedCount, counter };
    return { operations, lines, kind: 'result', outputSize: diff.outputSize, told };
  }

  #header(name: string, counter: number): LineHeader {
    const { hostIdentifier, decorations, settings } = this.#options;
    return {
      name,
      hostIdentifier: hostIdentifier(),
      unixTime: this.#unixTime(),
      epoch: settings().epoch,
      counter,
      decorations: decorations?.() ?? {},
    };
  }
}

const noRows = Uint8Array.of(0x90);

const failureOf = (error: unknown): Pick<RunRecord, 'error' | 'code'> => ({
  error: reasonOf(error),
  code: error instanceof OutpostError ? error.code : '',
});

/** 0 for the first result of an epoch, then one more for each that differs. */
function tableCounter({ record, fresh }: Previous, diff: DiffResult): number | undefined {
  if (fresh) return 0;
  if (diff.addedCount + diff.removedCount === 0) return record.counter;
  return record.counter === undefined ? 0 : record.counter + 1;
}

/** One more for each result with rows: the first of an epoch is 1, or 0 when a result without rows came before it. */
function eventCounter({ record, fresh }: Previous, diff: DiffResult): number | undefined {
  if (diff.addedCount === 0) return record.counter;
  if (fresh) return 1;
  return record.counter === undefined ? 0 : record.counter + 1;
}

async function collect(lines: Iterable<string>): Promise<string[]> {
  const all: string[] = [];
  for (const line of lines) {
    all.push(line);
    if (all.length % linesAtOnce === 0) await new Promise(resolve => setImmediate(resolve));
  }
  return all;
}
