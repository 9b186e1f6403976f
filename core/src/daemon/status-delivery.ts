import { reasonOf } from '../reason.ts';
import type { Outbox } from '../results/outbox/outbox.ts';
import { statusEntryText } from '../results/status-text.ts';
import { type StatusLine, type StatusLog, severity } from '../status.ts';

/** How long lines are collected before they are committed together, milliseconds. */
const collectMs = 200;

/** Takes the lines of the status log into the outbox, several at a time, and from there to the loggers. */
export class StatusDelivery {
  /** Lines that neither the store nor every logger took, and that no line has told about. */
  #lost = 0;
  readonly #status: StatusLog;
  readonly #outbox: Outbox;
  readonly #hostIdentifier: () => string;
  readonly #atOnce: () => boolean;
  #collected: StatusLine[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param atOnce `--logger_status_sync`: whether a line waits for no other */
  constructor(status: StatusLog, outbox: Outbox, hostIdentifier: () => string, atOnce = () => false) {
    this.#atOnce = atOnce;
    this.#outbox = outbox;
    this.#hostIdentifier = hostIdentifier;
    this.#status = status;
    status.drainTo(line => this.#add(line));
  }

  /** Commits what was collected, and takes in no more: later lines are on standard error alone, and the watcher keeps its own for the next worker. */
  async close(): Promise<void> {
    this.#status.drainTo(() => undefined);
    await this.flush();
  }

  /** Commits what was collected, and how many lines were lost since the last time that this could be done. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#collected.splice(0);
    if (lines.length === 0) return;
    const told = this.#lost;
    const host = this.#hostIdentifier();
    const texts = (told === 0 ? lines : [lossOf(told), ...lines]).map(line => statusEntryText(line, host));
    try {
      await this.#outbox.commit(
        [],
        texts.map(text => ({ kind: 'status' as const, text })),
      );
      this.#lost -= told;
    } catch (error) {
      if (!(await this.#past(texts, told, lines.length, error))) return;
    }
    for (const { onStored } of lines) onStored?.();
  }

  /** Without room in the store the loggers may still take lines. @returns whether they have */
  async #past(texts: readonly string[], told: number, count: number, error: unknown): Promise<boolean> {
    if (await this.#outbox.pass(texts)) {
      this.#lost -= told;
      return true;
    }
    // The lines are on stderr; saying so in the status log would only make more of them.
    if (this.#lost === 0) process.stderr.write(`Status lines cannot be stored for the loggers: ${reasonOf(error)}\n`);
    this.#lost += count;
    return false;
  }

  #add(line: StatusLine): void {
    this.#collected.push(line);
    if (this.#atOnce()) return void this.flush();
    this.#timer ??= setTimeout(() => void this.flush(), collectMs).unref();
  }
}

const lossOf = (count: number): StatusLine => ({
  severity: severity.warning,
  source: 'status',
  message: `${count} status lines could not be stored and did not reach every logger; they were on standard error.`,
  time: Date.now(),
});
