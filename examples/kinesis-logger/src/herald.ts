/** How long lies between two lines of one kind, milliseconds. */
const everyMs = 60_000;

/**
 * Says on standard error, which the agent takes into its status log, what goes wrong and when it is over: each kind of message once a minute
 * at most, with the number of those that were kept back. What it says is shipped too, so it must not grow with the trouble it tells of.
 */
export class Herald {
  readonly #write: (text: string) => void;
  readonly #now: () => number;
  readonly #kinds = new Map<string, { at: number; kept: number }>();

  constructor(
    write: (text: string) => void = text => console.error(text),
    now: () => number = () => performance.now(),
  ) {
    this.#write = write;
    this.#now = now;
  }

  /** Says something of a kind, of which there are few. */
  tell(kind: string, message: string): void {
    const now = this.#now();
    const last = this.#kinds.get(kind);
    if (last !== undefined && now - last.at < everyMs) {
      last.kept += 1;
      return;
    }
    const more = last !== undefined && last.kept > 0 ? ` (and ${last.kept} times in between)` : '';
    this.#kinds.set(kind, { at: now, kept: 0 });
    this.#write(`${message}${more}`);
  }
}
