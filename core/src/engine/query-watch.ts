import type { QueryOptions } from './engine.ts';
import type { Budget } from './messages.ts';
import type { Ending, QueryThread } from './query-thread-handle.ts';

const defaultBudget: Budget = { rows: 10_000_000, bytes: 1 << 30 };
const clock = (): number => performance.timeOrigin + performance.now();
/** The longest that a timer waits, milliseconds; a deadline beyond it is none. */
const timerLimitMs = 2 ** 31 - 1;

/** Watches over one query, while it waits for a thread and while it runs: its deadline, and the wish of its caller. */
export class QueryWatch {
  /** Why the query was given up, if it was. */
  given: 'deadline' | 'cancelled' | undefined;
  readonly #options: QueryOptions;
  readonly #cancel = new Int32Array(new SharedArrayBuffer(4));
  readonly #deadline: number;
  readonly #timer: NodeJS.Timeout | undefined;
  #thread: QueryThread | undefined;
  #withdraw: (() => void) | undefined;

  constructor(options: QueryOptions) {
    this.#options = options;
    const { deadlineMs = Number.POSITIVE_INFINITY, signal } = options;
    this.#deadline = clock() + deadlineMs;
    if (deadlineMs <= timerLimitMs) this.#timer = setTimeout(() => this.#give('deadline'), Math.max(0, deadlineMs));
    signal?.addEventListener('abort', this.#abort);
    if (signal?.aborted === true) this.given = 'cancelled';
  }

  /** Calls back, once, when the query is given up before it has a thread. */
  whileWaiting(withdraw: (() => void) | undefined): void {
    this.#withdraw = withdraw;
    if (this.given !== undefined) withdraw?.();
  }

  /** Runs the query in a thread. */
  async run(thread: QueryThread, sql: string): Promise<Ending> {
    if (this.given !== undefined) return { kind: 'lost', reason: 'it was given up before it began' };
    const { encoding = 'messagepack', budget, previous, schedule } = this.#options;
    this.#thread = thread;
    const ending = await thread.run({
      sql,
      encoding,
      budget: { ...defaultBudget, ...budget },
      cancel: this.#cancel,
      deadline: this.#deadline,
      previous,
      ...(schedule !== undefined && { schedule }),
    });
    this.#thread = undefined;
    return ending;
  }

  /** Ends the watch. */
  end(): void {
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#abort);
  }

  readonly #abort = (): void => this.#give('cancelled');

  #give(reason: 'deadline' | 'cancelled'): void {
    if (this.given !== undefined) return;
    this.given = reason;
    this.#withdraw?.();
    this.#thread?.giveUp(this.#cancel);
  }
}
