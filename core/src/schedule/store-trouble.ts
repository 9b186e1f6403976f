import { OutpostError } from '@outpost/protocol';
import { reasonOf } from '../reason.ts';
import type { Speaker } from '../speaker.ts';

/** A database that does not take the results of queries, as on a full disk: said once when it begins, and once when it is over. */
export class StoreTrouble {
  readonly #status: Speaker;
  #failures = 0;

  constructor(status: Speaker) {
    this.#status = status;
  }

  /** Whether an error is the database's. */
  static is(error: unknown): boolean {
    return error instanceof OutpostError && error.code.startsWith('STORE_');
  }

  /** A query whose result was not stored. */
  failed(query: string, error: unknown): void {
    const text = `Error adding new results to database for query ${query}: ${reasonOf(error)}`;
    if (this.#failures === 0)
      this.#status.error('scheduler', `${text} Other queries fail alike; what they have to say waits.`);
    else this.#status.verbose('scheduler', text);
    this.#failures += 1;
  }

  /** A result was stored. */
  passed(): void {
    if (this.#failures === 0) return;
    this.#status.info('scheduler', `The database takes results again, after ${this.#failures} that it did not take.`);
    this.#failures = 0;
  }
}
