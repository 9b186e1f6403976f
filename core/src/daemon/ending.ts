/** A process that was asked to end: by a signal, by the loss of its watcher, or by itself. */
export interface Ending {
  readonly reason: string;
  /** The exit code. */
  readonly code: number;
}

/** The first reason to end, and the promise of it. */
export class EndRequest {
  readonly #asked = Promise.withResolvers<Ending>();

  /** Resolves with the first request. */
  get asked(): Promise<Ending> {
    return this.#asked.promise;
  }

  /** Asks the process to end; requests after the first count for nothing. */
  ask(reason: string, code = 0): void {
    this.#asked.resolve({ reason, code });
  }

  /** Takes SIGTERM and SIGINT as requests. */
  onSignals(): this {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.ask(signal));
    return this;
  }
}
