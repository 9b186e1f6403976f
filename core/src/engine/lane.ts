import { engineError } from './engine-error.ts';
import type { QueryThread } from './query-thread-handle.ts';
import type { QueryWatch } from './query-watch.ts';

/** The lanes: a query waits only for queries of its own. */
export type Lane = 'scheduled' | 'live' | 'shell' | 'extension';

/** Every lane. */
export const lanes: readonly Lane[] = ['scheduled', 'live', 'shell', 'extension'];

/** How many threads a lane may have at once, and how many queries may wait for one. */
export interface LaneLimits {
  readonly threads: number;
  readonly waiting: number;
  /**
   * Threads that are kept for queries on which others wait: one at depth d may take all threads but `reserved - d`. With as many as
   * queries may be nested, the deepest always finds one, so that no queries wait for each other in a circle.
   */
  readonly reserved: number;
  /** How long a thread beyond the first may be idle before it ends, milliseconds. */
  readonly idleMs: number;
}

const idleMs = 30_000;
/** How many queries may wait for another one, each for an extension that asked the next. */
export const nestingLimit = 4;

/**
 * The limits of each lane. Queries of extensions may come from within queries, so they need threads beside each other; the schedule
 * leaves a few slow queries to run beside the others.
 */
export const laneLimits: Readonly<Record<Lane, LaneLimits>> = {
  scheduled: { threads: 4, waiting: 1_000, reserved: 0, idleMs },
  live: { threads: 1, waiting: 1_000, reserved: 0, idleMs },
  shell: { threads: 1, waiting: 100, reserved: 0, idleMs },
  extension: { threads: 8, waiting: 256, reserved: nestingLimit, idleMs },
};

interface Waiter {
  readonly depth: number;
  readonly take: (thread: QueryThread) => void;
  readonly refuse: (error: Error) => void;
}

/** The threads of one lane, started when they are needed. */
export class LanePool {
  readonly #name: Lane;
  readonly #limits: LaneLimits;
  readonly #start: () => QueryThread;
  #threads: QueryThread[] = [];
  #idle: QueryThread[] = [];
  #waiting: Waiter[] = [];
  /** Threads that work. */
  #busy = 0;
  #closed = false;
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
   * Does some work with a thread of the lane; a query that is given up while it waits for one leaves the queue at once.
   * @throws OutpostError QUERY_QUEUE_FULL when too many wait already; ENGINE_CLOSED when the lane is closed meanwhile
   */
  async use<Result>(watch: QueryWatch, work: (thread: QueryThread) => Promise<Result>): Promise<Result> {
    const thread = this.#take(watch.depth) ?? (await this.#wait(watch));
    try {
      return await work(thread);
    } finally {
      this.#giveBack(thread);
    }
  }

  /** Ends the threads that have nothing to do. */
  shrink(): void {
    for (const thread of this.#idle.splice(0)) {
      clearTimeout(this.#retirements.get(thread));
      this.#retirements.delete(thread);
      this.#forget(thread);
      void thread.close();
    }
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#retirements.values()) clearTimeout(timer);
    const waiting = this.#waiting.splice(0);
    if (waiting.length > 0) {
      const error = await engineError('ENGINE_CLOSED');
      for (const { refuse } of waiting) refuse(error);
    }
    await Promise.all(this.#threads.map(thread => thread.close()));
  }

  #add(): QueryThread {
    const thread = this.#start();
    this.#threads.push(thread);
    return thread;
  }

  /** Whether one more thread may work for a query of a depth. */
  #mayWork(depth: number): boolean {
    const { threads, reserved } = this.#limits;
    return this.#busy < threads - Math.max(0, reserved - depth);
  }

  #take(depth: number): QueryThread | undefined {
    if (!this.#mayWork(depth)) return undefined;
    this.#busy += 1;
    return this.#free();
  }

  #free(): QueryThread {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      clearTimeout(this.#retirements.get(idle));
      this.#retirements.delete(idle);
      if (idle.alive) return idle;
      this.#forget(idle);
    }
    return this.#add();
  }

  async #wait(watch: QueryWatch): Promise<QueryThread> {
    const { waiting } = this.#limits;
    if (this.#waiting.length >= waiting)
      throw await engineError('QUERY_QUEUE_FULL', { lane: this.#name, limit: waiting });
    const { promise, resolve, reject } = Promise.withResolvers<QueryThread>();
    const waiter = { depth: watch.depth, take: resolve, refuse: reject };
    this.#waiting.push(waiter);
    watch.whileWaiting(() => {
      this.#waiting = this.#waiting.filter(other => other !== waiter);
      reject(new Error('The query was given up while it waited.'));
    });
    try {
      return await promise;
    } finally {
      watch.whileWaiting(undefined);
    }
  }

  #giveBack(thread: QueryThread): void {
    this.#busy -= 1;
    if (!thread.alive) this.#forget(thread);
    if (this.#closed) return;
    if (thread.alive) this.#rest(thread);
    const next = this.#waiting.find(({ depth }) => this.#mayWork(depth));
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter(other => other !== next);
    this.#busy += 1;
    next.take(this.#free());
  }

  /** Keeps a thread for the next query; one beyond the first not for long. */
  #rest(thread: QueryThread): void {
    this.#idle.push(thread);
    if (this.#threads.length < 2) return;
    const timer = setTimeout(() => this.#retire(thread), this.#limits.idleMs).unref();
    this.#retirements.set(thread, timer);
  }

  #retire(thread: QueryThread): void {
    this.#retirements.delete(thread);
    if (this.#threads.length < 2 || !this.#idle.includes(thread)) return;
    this.#idle = this.#idle.filter(idle => idle !== thread);
    this.#forget(thread);
    void thread.close();
  }

  #forget(thread: QueryThread): void {
    this.#threads = this.#threads.filter(other => other !== thread);
    this.#idle = this.#idle.filter(other => other !== thread);
  }
}
