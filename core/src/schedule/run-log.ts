/** How a run of a scheduled query ended. */
export type RunStatus = 'ok' | 'failed' | 'denied' | 'late';

/** One execution of a scheduled query, or one that was left out. */
export interface RunRecord {
  readonly name: string;
  /** When it began, milliseconds since the epoch. */
  readonly startedMs: number;
  /** `ok`; `failed`; `denied` when it is in quarantine; `late` when its last run had not ended. */
  readonly status: RunStatus;
  /** Why it did not give a result; '' when it did. */
  readonly error: string;
  /** The code of the error, as in docs/errors.md; '' when it has none. */
  readonly code: string;
  readonly wallMs: number;
  readonly userMs: number;
  readonly systemMs: number;
  /** Rows of the result. */
  readonly rows: number;
  /** Rows in the log lines; those of a snapshot count as added. */
  readonly added: number;
  readonly removed: number;
  /** The number in its log lines; undefined without any result yet. */
  readonly counter: number | undefined;
  /** Why its log lines say what they say; '' when it gave nothing. */
  readonly reason: ResultReason | '';
}

/**
 * What a result was compared with: nothing yet (`initial`), nothing since the epoch is another (`epoch`), nothing since what was stored could not
 * be read (`recovered`), the result of another statement (`edited`), or the last one, which it equals (`unchanged`) or not (`changed`). A `snapshot` and
 * `events` are compared with nothing.
 */
export type ResultReason =
  | 'initial'
  | 'epoch'
  | 'recovered'
  | 'edited'
  | 'changed'
  | 'unchanged'
  | 'snapshot'
  | 'events';

/** The figures of a run that gave nothing. */
export const noFigures = {
  error: '',
  code: '',
  wallMs: 0,
  userMs: 0,
  systemMs: 0,
  rows: 0,
  added: 0,
  removed: 0,
  counter: undefined,
  reason: '',
} as const;

/** How many runs are remembered in all, and of one query. */
const limits = { all: 2000, each: 50 } as const;

/** What one query has done lately. */
interface History {
  readonly runs: RunRecord[];
  ok: number;
  failed: number;
  leftOut: number;
}

/** The last runs of every query, oldest first; at the bound the oldest go. */
export class RunLog {
  readonly #histories = new Map<string, History>();
  #size = 0;

  /** Adds a run. A run that is left out for the same reason as the one before takes its place: it happened again. */
  add(record: RunRecord): void {
    const history = this.#of(record.name);
    const last = history.runs.at(-1);
    const repeated = last !== undefined && last.status === record.status && leftOut(record);
    if (repeated) history.runs[history.runs.length - 1] = record;
    else this.#push(history, record);
    if (record.status === 'ok') history.ok += 1;
    else if (record.status === 'failed') history.failed += 1;
    else history.leftOut += 1;
  }

  /** All remembered runs. */
  rows(): RunRecord[] {
    return [...this.#histories.values()]
      .flatMap(({ runs }) => runs)
      .sort((left, right) => left.startedMs - right.startedMs);
  }

  /** The remembered runs of a query, and how all its runs since the start ended. */
  of(name: string): {
    readonly runs: readonly RunRecord[];
    readonly ok: number;
    readonly failed: number;
    readonly leftOut: number;
  } {
    return this.#histories.get(name) ?? { runs: [], ok: 0, failed: 0, leftOut: 0 };
  }

  /** Forgets the queries that are not scheduled any more. */
  keep(names: ReadonlySet<string>): void {
    for (const [name, { runs }] of this.#histories)
      if (!names.has(name)) {
        this.#histories.delete(name);
        this.#size -= runs.length;
      }
  }

  #of(name: string): History {
    const known = this.#histories.get(name);
    if (known !== undefined) return known;
    const history: History = { runs: [], ok: 0, failed: 0, leftOut: 0 };
    this.#histories.set(name, history);
    return history;
  }

  #push(history: History, record: RunRecord): void {
    history.runs.push(record);
    this.#size += 1;
    if (history.runs.length > limits.each) this.#drop(history);
    if (this.#size <= limits.all) return;
    const longest = [...this.#histories.values()].reduce((a, b) => (b.runs.length > a.runs.length ? b : a));
    this.#drop(longest);
  }

  #drop({ runs }: History): void {
    runs.shift();
    this.#size -= 1;
  }
}

const leftOut = ({ status }: RunRecord): boolean => status === 'denied' || status === 'late';

/**
 * A percentile of how long runs took, milliseconds; undefined without runs.
 * @param share from 0 to 1
 */
export const percentile = (runs: readonly RunRecord[], share: number): number | undefined => {
  const times = runs.flatMap(run => (leftOut(run) ? [] : [run.wallMs])).sort((left, right) => left - right);
  return times[Math.min(times.length - 1, Math.floor(share * times.length))];
};
