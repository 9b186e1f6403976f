/** A waiter of a fake clock. */
interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it on. */
export class FakeClock {
  #nowMs: number;
  readonly #sleepers = new Set<Sleeper>();

  /** @param nowMs the time it begins with, in milliseconds since the epoch */
  constructor(nowMs = 0) {
    this.#nowMs = nowMs;
  }

  /** Milliseconds since the epoch; give it in the place of `Date.now`. */
  readonly now = (): number => this.#nowMs;

  /** How many wait for a time to come. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Waits so many milliseconds of this clock; rejects with the signal's reason when it fires before. */
  readonly sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    const sleeper: Sleeper = { atMs: this.#nowMs + milliseconds, wake: resolve };
    const give = (): void => {
      this.#sleepers.delete(sleeper);
      reject(signal?.reason);
    };
    this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', give, { once: true });
    return promise.finally(() => signal?.removeEventListener('abort', give));
  };

  /** Moves the clock on and wakes, in the order of their times, those whose time has come; each before the next. */
  async advance(milliseconds: number): Promise<void> {
    const untilMs = this.#nowMs + milliseconds;
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#sleepers.delete(next);
      next.wake();
      await new Promise(setImmediate); // what it does next may be to sleep again
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number): Sleeper | undefined {
    const due = [...this.#sleepers].filter(({ atMs }) => atMs <= untilMs);
    return due.sort((a, b) => a.atMs - b.atMs)[0];
  }
}

/** Makes a {@link FakeClock}. @param nowMs the time it begins with, in milliseconds since the epoch */
export const fakeClock = (nowMs?: number): FakeClock => new FakeClock(nowMs);
