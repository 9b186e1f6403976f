import type { Outbox } from '../results/outbox/outbox.ts';
import { statusEntryText } from '../results/status-text.ts';
import type { StatusLine, StatusLog } from '../status.ts';

/** How long lines are collected before they are committed together, milliseconds. */
const collectMs = 200;

/** Takes the lines of the status log into the outbox, several at a time, and from there to the loggers. */
export class StatusDelivery {
  /** Lines that could not be committed. */
  lost = 0;
  readonly #outbox: Outbox;
  readonly #hostIdentifier: () => string;
  #collected: StatusLine[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(status: StatusLog, outbox: Outbox, hostIdentifier: () => string) {
    this.#outbox = outbox;
    this.#hostIdentifier = hostIdentifier;
    status.drainTo(line => this.#add(line));
  }

  /** Commits what was collected. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#collected.splice(0);
    if (lines.length === 0) return;
    const host = this.#hostIdentifier();
    try {
      await this.#outbox.commit(
        [],
        lines.map(line => ({ kind: 'status' as const, text: statusEntryText(line, host) })),
      );
    } catch (error) {
      // The lines are on stderr; saying so in the status log would only make more of them.
      if (this.lost === 0)
        process.stderr.write(`Status lines cannot be stored for the loggers: ${(error as Error).message}\n`);
      this.lost += lines.length;
    }
  }

  #add(line: StatusLine): void {
    this.#collected.push(line);
    this.#timer ??= setTimeout(() => void this.flush(), collectMs).unref();
  }
}
