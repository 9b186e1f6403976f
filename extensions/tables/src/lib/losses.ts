const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What one query could not see. It is said once for all of it, since what is hidden is seldom hidden alone. */
export class Losses {
  readonly #what: string;
  #count = 0;
  #first = '';

  /** `what` happened, as in `cannot be read`. */
  constructor(what: string) {
    this.#what = what;
  }

  /** The result of `read`; where it fails, undefined, and the path is counted. */
  attempt<T>(path: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.add(path, reasonOf(error));
      return undefined;
    }
  }

  /** Counts a path. */
  add(path: string, reason: string): void {
    this.#count += 1;
    if (this.#count === 1) this.#first = `${path} (${reason})`;
  }

  /** Says how many there were, and which was the first; nothing when there were none. */
  report(context: { warn(message: string): void }): void {
    if (this.#count === 1) context.warn(`${this.#first} ${this.#what}.`);
    else if (this.#count > 1) context.warn(`${this.#first} and ${this.#count - 1} more ${this.#what}.`);
  }
}
