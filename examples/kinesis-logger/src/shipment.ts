import type { StreamRecord } from './stream.ts';

/** The records of one call of the agent. The call succeeds when all of them are taken. */
export class Shipment {
  readonly records: readonly StreamRecord[];
  readonly bytes: number;
  readonly lines: number;
  /** Settles when all records are taken, or the shipment is given up. */
  readonly done: Promise<void>;
  /** Whether it was given up: what is left of it is not sent any more. */
  givenUp = false;
  readonly #settle: PromiseWithResolvers<void> = Promise.withResolvers();
  #linesLeft: number;

  constructor(records: readonly StreamRecord[]) {
    this.records = records;
    this.bytes = records.reduce((sum, { bytes }) => sum + bytes, 0);
    this.lines = records.reduce((sum, { lines }) => sum + lines, 0);
    this.#linesLeft = this.lines;
    this.done = this.#settle.promise;
  }

  get linesLeft(): number {
    return this.#linesLeft;
  }

  /** Whether nothing more will happen to it. */
  get over(): boolean {
    return this.givenUp || this.#linesLeft === 0;
  }

  /** Counts a record as taken. */
  took({ lines }: StreamRecord): void {
    this.#linesLeft -= lines;
    if (this.#linesLeft === 0) this.#settle.resolve();
  }

  /** Ends it without success. */
  giveUp(reason: Error): void {
    this.givenUp = true;
    this.#settle.reject(reason);
  }
}
