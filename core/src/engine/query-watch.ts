import type { LimitKind } from '../watchdog/limit-watch.ts';
import { graceMs } from './bounded.ts';
import { clock } from './clock.ts';
import type { QueryOptions } from './engine.ts';
import type { Lane } from './lane.ts';
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
/** How long a query may take to obey that takes more than the process has, milliseconds: each one counts. */
const hurryMs = 100;
/** The shortest time between two looks at the CPU time of a query, milliseconds. */
const cpuLookMs = 20;

/** Why a query is given up. */
type Given = 'deadline' | 'cancelled' | 'cpu' | 'limit';

/** Watches over one query, while it waits for a thread and while it runs: its deadline, its CPU time, and the wish of its caller. */
export class QueryWatch {
  /** Why the query was given up, if it was. */
  given: Given | undefined;
  /** The limit of the agent for which it was given up, and what the query took of it. */
  limit: { readonly limit: string; readonly figure: string } | undefined;
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

  /** Who asks, and what the query is called. */
  get told(): { readonly lane: Lane; readonly name: string } {
    const { lane, name = lane } = this.#options;
    return { lane, name };
  }

  /** Whether it has a thread. */
  get isRunning(): boolean {
    return this.#thread !== undefined;
  }

  /** The table that it asked last. */
  get asked(): string | undefined {
    return this.#thread?.asked?.name;
  }

  /** Whether a table is at work for it in the plugin host. */
  get worksInHost(): boolean {
    return this.#thread?.worksInHost === true;
  }

  /** What it has taken so far: CPU time in milliseconds, or bytes of memory. */
  async taken(kind: LimitKind): Promise<number> {
    return (await this.#thread?.taken(kind)) ?? 0;
  }

  /** Gives it up, since the agent takes more than it may and most of that is the query's. */
  stop(limit: string, figure: string): void {
    this.limit = { limit, figure };
    this.#give('limit');
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
    const ran = thread.run(
      {
        sql,
        encoding,
        budget: this.budget,
        cancel: this.#cancel,
        deadline: this.#deadline,
        previous,
        ...(schedule !== undefined && { schedule }),
      },
      this.told,
    );
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

  #give(reason: Given): void {
    if (this.given !== undefined) return;
    this.given = reason;
    this.#withdraw?.();
    this.#thread?.giveUp(this.#cancel, reason === 'limit' ? hurryMs : graceMs);
  }
}
