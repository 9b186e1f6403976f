import { OutpostError } from '@outpost/protocol';
import type { QueryThread } from './query-thread-handle.ts';

/** The lanes: a query waits only for queries of its own. */
export type Lane = 'scheduled' | 'live' | 'shell' | 'extension';

/** How many threads a lane may have at once, and how many queries may wait for one. */
export interface LaneLimits {
  readonly threads: number;
  readonly waiting: number;
}

/** The limits of each lane. Queries of extensions may come from within queries, so they need threads beside each other. */
export const laneLimits: Readonly<Record<Lane, LaneLimits>> = {
  scheduled: { threads: 1, waiting: 1_000 },
  live: { threads: 1, waiting: 1_000 },
  shell: { threads: 1, waiting: 100 },
  extension: { threads: 8, waiting: 256 },
};

/** How long a thread beyond the first may be idle, milliseconds. */
const idleMs = 30_000;

/** The threads of one lane, started when they are needed. */
export class LanePool {
  readonly #name: Lane;
  readonly #limits: LaneLimits;
  readonly #start: () => QueryThread;
  #threads: QueryThread[] = [];
  #idle: QueryThread[] = [];
  readonly #waiting: ((thread: QueryThread) => void)[] = [];
  readonly #retirements = new Map<QueryThread, NodeJS.Timeout>();

  constructor(name: Lane, start: () => QueryThread, limits: LaneLimits = laneLimits[name]) {
    this.#name = name;
    this.#start = start;
    this.#limits = limits;
  }

  /** Every thread there is. */
  get threads(): readonly QueryThread[] {
    return this.#threads;
  }

  /** Starts the first thread before anybody needs it. */
  warm(): void {
    if (this.#threads.length === 0) this.#idle.push(this.#add());
  }

  /**
   * Does some work with a thread of the lane.
   * @throws OutpostError QUERY_QUEUE_FULL when too many wait already
   */
  async use<Result>(work: (thread: QueryThread) => Promise<Result>): Promise<Result> {
    const thread = await this.#take();
    try {
      return await work(thread);
    } finally {
      this.#giveBack(thread);
    }
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    for (const timer of this.#retirements.values()) clearTimeout(timer);
    await Promise.all(this.#threads.map(thread => thread.close()));
  }

  #add(): QueryThread {
    const thread = this.#start();
    this.#threads.push(thread);
    return thread;
  }

  #take(): QueryThread | Promise<QueryThread> {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      clearTimeout(this.#retirements.get(idle));
      this.#retirements.delete(idle);
      if (idle.alive) return idle;
      this.#forget(idle);
    }
    if (this.#threads.length < this.#limits.threads) return this.#add();
    if (this.#waiting.length >= this.#limits.waiting)
      throw new OutpostError('QUERY_QUEUE_FULL', { lane: this.#name, limit: this.#limits.waiting });
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  #giveBack(thread: QueryThread): void {
    const next = this.#waiting.shift();
    if (!thread.alive) {
      this.#forget(thread);
      next?.(this.#add());
      return;
    }
    if (next !== undefined) return next(thread);
    this.#idle.push(thread);
    if (this.#threads.length > 1) this.#retirements.set(thread, setTimeout(() => this.#retire(thread), idleMs).unref());
  }

  #retire(thread: QueryThread): void {
    this.#retirements.delete(thread);
    if (!this.#idle.includes(thread)) return;
    this.#idle = this.#idle.filter(idle => idle !== thread);
    this.#forget(thread);
    void thread.close();
  }

  #forget(thread: QueryThread): void {
    this.#threads = this.#threads.filter(other => other !== thread);
  }
}
