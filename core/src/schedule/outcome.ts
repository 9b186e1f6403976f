import { type DiffResult, diffRows } from '../results/diff.ts';
import { differentialLines, type LineHeader, snapshotLines, snapshotPrinter } from '../results/lines.ts';
import type { EntryKind } from '../results/outbox/record.ts';
import {
  forgetOperations,
  freshState,
  loadQueryState,
  type QueryRecord,
  saveOperations,
} from '../results/query-state.ts';
import { emptyState, type StoredState } from '../results/state.ts';
import type { Operation } from '../storage/store.ts';
import type { ScheduledQuery } from './query.ts';
import type { ResultReason, RunRecord } from './run-log.ts';
import type { RunnerOptions, RunResult } from './runner.ts';

/** What follows from one result: what is to be stored and logged. */
export interface Outcome {
  readonly operations: readonly Operation[];
  readonly lines: readonly string[];
  readonly kind: EntryKind;
  readonly outputSize: number;
  /** What the log lines tell. */
  readonly told: Partial<Pick<RunRecord, 'added' | 'removed' | 'counter' | 'reason'>>;
}

/** What a query gave last. */
export interface Previous {
  readonly record: QueryRecord;
  readonly state: StoredState;
  /** Whether the result is the first of its epoch. */
  readonly fresh: boolean;
  /** Why the record differs from what is stored, and what to say of it; undefined when it does not. */
  readonly reason: ResultReason | undefined;
  readonly news: string | undefined;
}

/** The state machine of a differential query, docs/guides/results.md: what each result changes in the store and says in the log. */
export class Outcomes {
  readonly #options: RunnerOptions;
  /** Queries whose stored result could not be read, and that have given none since. */
  readonly #lost = new Set<string>();

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** Says that what was stored of a query could not be read: its next result is compared with nothing. */
  lose(name: string): void {
    this.#lost.add(name);
  }

  /** What a query gave last, and what to say about it; nothing for a snapshot, which is compared with nothing. */
  async previous({ name, query: sql, snapshot }: ScheduledQuery): Promise<Previous | undefined> {
    if (snapshot) return undefined;
    const { store, settings, random } = this.#options;
    const { epoch, nullText } = settings();
    const stored = await loadQueryState(store, name, nullText);
    const fresh = { sql, epoch, counter: undefined };
    if (stored === undefined) {
      const news = `Storing initial results for new scheduled query: ${name}`;
      const reason = this.#lost.has(name) ? 'recovered' : 'initial';
      return { record: fresh, state: freshState(nullText, random), fresh: true, reason, news };
    }
    const { record, state } = stored;
    if (record.epoch !== epoch) {
      const news = `New Epoch ${epoch} for scheduled query ${name}`;
      return { record: fresh, state: emptyState(state.seed, nullText), fresh: true, reason: 'epoch', news };
    }
    if (record.sql === sql) return { record, state, fresh: false, reason: undefined, news: undefined };
    const news = `Scheduled query has been updated: ${name}`;
    return { record: { ...record, sql }, state, fresh: false, reason: 'edited', news };
  }

  /** What follows from a result. @throws OutpostError RESULT_MALFORMED, RESULT_LINE_TOO_LONG */
  of(query: ScheduledQuery, previous: Previous | undefined, result: RunResult): Promise<Outcome> {
    return previous === undefined ? this.#snapshot(query, result) : this.#difference(query, previous, result);
  }

  async #snapshot({ name }: ScheduledQuery, result: RunResult): Promise<Outcome> {
    const format = this.#options.settings();
    const names = result.columns.map(column => column.name);
    const printer = snapshotPrinter(names, format);
    const lines = await Array.fromAsync(
      snapshotLines(this.#header(name, format.epoch, 0), format, printer, result.blocks),
    );
    const told = { added: result.rowCount, reason: 'snapshot' } as const;
    return { operations: [], lines, kind: 'snapshot', outputSize: printer.size, told };
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
    const header = this.#header(query.name, record.epoch, counter ?? 0);
    const lines = silent ? [] : await Array.fromAsync(differentialLines(header, format, shown));
    this.#lost.delete(query.name);
    const differs = diff.addedCount + diff.removedCount > 0;
    const reason = previous.reason ?? (differs ? (query.eventBased ? 'events' : 'changed') : 'unchanged');
    const told = { added: shown.addedCount, removed: shown.removedCount, counter, reason };
    return { operations, lines, kind: 'result', outputSize: diff.outputSize, told };
  }

  #header(name: string, epoch: number, counter: number): LineHeader {
    const { hostIdentifier, decorations, clock } = this.#options;
    return {
      name,
      hostIdentifier: hostIdentifier(),
      unixTime: Math.floor(clock.now() / 1000),
      epoch,
      counter,
      decorations: decorations?.() ?? {},
    };
  }
}

const noRows = Uint8Array.of(0x90);

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
