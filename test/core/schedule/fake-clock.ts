import type { Clock } from '../../../core/src/schedule/clock.ts';

/** A clock that stands still until a test moves it; sleepers wake in the order of their times. */
export class FakeClock implements Clock {
  #now: number;
  readonly #start: number;
  #shift = 0;
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  /** How long each sleep was asked to be. */
  readonly sleeps: number[] = [];

  constructor(now = 1_700_000_000_000) {
    this.#now = now;
    this.#start = now;
  }

  now(): number {
    return this.#now + this.#shift;
  }

  /** Sets the wall clock forward or back; no time passes. */
  set(shiftMs: number): void {
    this.#shift = shiftMs;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.sleeps.push(ms);
    return new Promise(resolve => {
      if (signal.aborted) return resolve();
      this.#sleepers.push({ at: this.#now + ms, wake: resolve });
      signal.addEventListener('abort', () => resolve());
    });
  }

  /** Takes time without anybody waking: what a query does. */
  spend(ms: number): void {
    this.#now += ms;
  }

  /** Lets time pass, and everything happen that waits for it. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (;;) {
      const next = this.#sleepers.filter(({ at }) => at <= until).sort((left, right) => left.at - right.at)[0];
      if (next === undefined) break;
      this.#sleepers = this.#sleepers.filter(sleeper => sleeper !== next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      await settle();
    }
    this.#now = Math.max(this.#now, until);
  }
}

/** Lets everything run that needs no time. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise(resolve => setImmediate(resolve));
}
