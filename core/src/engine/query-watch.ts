import { clock } from './clock.ts';
import type { QueryOptions } from './engine.ts';
import type { Budget } from './messages.ts';
import type { Ending, QueryThread } from './query-thread-handle.ts';

/** What a query may use up where nobody says otherwise. */
export const defaultBudget: Budget = {
  rows: 10_000_000,
  bytes: 1 << 30,
  cpuMs: Number.POSITIVE_INFINITY,
  memory: 256 << 20,
};
/** The longest that a timer waits, milliseconds; a deadline beyond it is none. */
const timerLimitMs = 2 ** 31 - 1;
/** The shortest time between two looks at the CPU time of a query, milliseconds. */
const cpuLookMs = 20;

/** Watches over one query, while it waits for a thread and while it runs: its deadline, its CPU time, and the wish of its caller. */
export class QueryWatch {
  /** Why the query was given up, if it was. */
  given: 'deadline' | 'cancelled' | 'cpu' | undefined;
  /** What the query may use up. */
  readonly budget: Budget;
  /** How many queries wait for it. */
  readonly depth: number;
  /** CPU time that the query had used when it was given up for it, milliseconds. */
  cpuMs = 0;
  /** Whether the query got a thread, and the table that it asked last there. */
  progress: { readonly table: string | undefined } | undefined;
  readonly #options: QueryOptions;
  readonly #cancel = new Int32Array(new SharedArrayBuffer(4));
  readonly #deadline: number;
  readonly #timer: NodeJS.Timeout | undefined;
  #cpuTimer: NodeJS.Timeout | undefined;
  #thread: QueryThread | undefined;
  #withdraw: (() => void) | undefined;

  constructor(options: QueryOptions) {
    this.#options = options;
    this.depth = options.depth ?? 0;
    this.budget = { ...defaultBudget, ...options.budget };
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
    const { encoding = 'messagepack', previous, schedule } = this.#options;
    this.#thread = thread;
    thread.depth = this.depth;
    const ran = thread.run({
      sql,
      encoding,
      budget: this.budget,
      cancel: this.#cancel,
      deadline: this.#deadline,
      previous,
      ...(schedule !== undefined && { schedule }),
    });
    this.#lookAtCpu(this.budget.cpuMs);
    const ending = await ran;
    clearTimeout(this.#cpuTimer);
    this.progress = { table: thread.asked?.name };
    this.#thread = undefined;
    return ending;
  }

  /** Ends the watch. */
  end(): void {
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#abort);
  }

  /** Looks again when the query can have used up what is left to it, since a thread takes no more than a second of CPU time a second. */
  #lookAtCpu(leftMs: number): void {
    if (leftMs > timerLimitMs) return;
    this.#cpuTimer = setTimeout(
      async () => {
        const thread = this.#thread;
        const used = await thread?.cpuMs();
        if (used === undefined || thread !== this.#thread || this.given !== undefined) return;
        if (used < this.budget.cpuMs) return this.#lookAtCpu(this.budget.cpuMs - used);
        this.cpuMs = used;
        this.#give('cpu');
      },
      Math.max(cpuLookMs, leftMs),
    );
  }

  readonly #abort = (): void => this.#give('cancelled');

  #give(reason: 'deadline' | 'cancelled' | 'cpu'): void {
    if (this.given !== undefined) return;
    this.given = reason;
    this.#withdraw?.();
    this.#thread?.giveUp(this.#cancel);
  }
}
