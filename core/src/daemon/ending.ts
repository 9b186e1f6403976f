import { monotonicMs } from '../monotonic.ts';
import { unblockSignal } from '../system.ts';

/** A process that was asked to end: by a signal, by the loss of its watcher, or by itself. */
export interface Ending {
  readonly reason: string;
  /** The exit code. */
  readonly code: number;
}

/** The signals that end the agent in good order. */
const endingSignals = ['SIGTERM', 'SIGINT', 'SIGUSR1'] as const;

/** Listens to the signals that end the agent in good order. */
export const onEndingSignal = (listener: (signal: NodeJS.Signals) => void): void => {
  for (const signal of endingSignals) process.on(signal, () => listener(signal));
  unblockSignal('SIGUSR1');
};

/** How long ending may take altogether, milliseconds; extensions have what is left of it. */
const endingMs = 4_500;
/** What extensions have at the least, milliseconds. */
const leastMs = 500;

/** Counts down the time to end. @returns how much of it is left for extensions, milliseconds */
export const startCountdown = (): (() => number) => {
  const began = monotonicMs();
  return () => Math.max(leastMs, endingMs - (monotonicMs() - began));
};

/** The first reason to end, the promise of it, and a signal for what has to be given up for it. */
export class EndRequest {
  readonly #asked = Promise.withResolvers<Ending>();
  readonly #controller = new AbortController();

  /** Aborts with the first request; its reason is the Ending. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Resolves with the first request. */
  get asked(): Promise<Ending> {
    return this.#asked.promise;
  }

  /** Asks the process to end; requests after the first count for nothing. */
  ask(reason: string, code = 0): void {
    if (this.signal.aborted) return;
    const ending: Ending = { reason, code };
    this.#controller.abort(ending);
    this.#asked.resolve(ending);
  }

  /**
   * Takes SIGTERM, SIGINT and, as osquery does, SIGUSR1 as requests. SIGHUP and SIGUSR2, which would end the process, do not: the first has the
   * agent read its configuration again.
   */
  onSignals(): this {
    onEndingSignal(signal => this.ask(signal));
    for (const signal of ['SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => undefined);
    return this;
  }
}
