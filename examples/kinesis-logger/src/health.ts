import type { Herald } from './herald.ts';
import { type Meter, unixTime } from './meter.ts';
import type { Trouble } from './trouble.ts';

/** How a stream is: what went wrong last, and how often in a row whole requests have failed. */
export class Health {
  readonly #meter: Meter;
  readonly #herald: Herald;
  #trouble: Trouble | undefined;
  #failures = 0;

  constructor(meter: Meter, herald: Herald) {
    this.#meter = meter;
    this.#herald = herald;
  }

  /** What went wrong last, unless all went well since. */
  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  /** A request failed as a whole. @returns how many have in a row */
  requestFailed(trouble: Trouble, records: number): number {
    this.#meter.failedRequests += 1;
    this.#met(trouble, records);
    this.#failures += 1;
    return this.#failures;
  }

  /** A request was answered, and some of its records were refused. */
  recordsFailed(trouble: Trouble, records: number): void {
    this.#failures = 0;
    this.#meter.failedRecords += records;
    this.#met(trouble, records);
  }

  /** A request succeeded. */
  recovered(): void {
    this.#failures = 0;
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#herald.tell('recovered', 'The stream takes lines again.');
  }

  #met(trouble: Trouble, records: number): void {
    const known = this.#trouble?.code === trouble.code;
    this.#trouble = trouble;
    if (trouble.throttled) this.#meter.throttled += records;
    this.#meter.lastError = trouble.message;
    this.#meter.lastErrorTime = unixTime();
    if (!known) this.#herald.tell(trouble.code, trouble.message);
  }
}
