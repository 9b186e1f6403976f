/** How often memory is looked at while queries run, milliseconds. */
const lookMs = 250;
/** From this share of the limit on caches are dropped and large results refused, and up to that one. */
const relief = { from: 0.6, to: 0.5 } as const;
/** From this share of the limit on the query that has taken most is stopped: the watcher ends the process at the whole. */
const stopShare = 0.85;
/** How long the stop of a query may take to have an effect before the next one is stopped, milliseconds. */
const effectMs = 3_000;

/** What a memory watch has to know and to do. */
export interface MemoryWatchOptions {
  /** By how much the process may grow, bytes. */
  readonly limitBytes: number;
  /** Whether queries run, for which alone it is worth looking. */
  readonly isBusy: () => boolean;
  readonly residentBytes: () => number;
  /** Memory gets scarce: drop what can be had again. */
  readonly onScarce: (grownBytes: number) => void;
  /** It is no longer. */
  readonly onAmple: () => void;
  /** Stop who has taken most. */
  readonly onFull: (grownBytes: number) => void;
}

/** Looks at the memory of this process while queries run, more often than the watcher does, so that one query ends and not the process. */
export class MemoryWatch {
  readonly #options: MemoryWatchOptions;
  readonly #firstBytes: number;
  #timer: NodeJS.Timeout | undefined;
  #scarce = false;
  #stoppedAt = Number.NEGATIVE_INFINITY;

  constructor(options: MemoryWatchOptions) {
    this.#options = options;
    this.#firstBytes = options.residentBytes();
  }

  /** Looks from now on, until no query runs and memory is ample. */
  wake(): void {
    this.#timer ??= setInterval(() => this.look(), lookMs).unref();
  }

  /** Looks now. */
  look(now = performance.now()): void {
    const { limitBytes, isBusy, residentBytes, onFull } = this.#options;
    const grown = Math.max(0, residentBytes() - this.#firstBytes);
    this.#setScarce(grown);
    if (grown > limitBytes * stopShare && now - this.#stoppedAt > effectMs) {
      this.#stoppedAt = now;
      onFull(grown);
    }
    if (!isBusy() && !this.#scarce) this.end();
  }

  /** Looks no more, until it is woken. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #setScarce(grown: number): void {
    const { limitBytes, onScarce, onAmple } = this.#options;
    const was = this.#scarce;
    this.#scarce = grown > limitBytes * (was ? relief.to : relief.from);
    if (this.#scarce && !was) onScarce(grown);
    if (was && !this.#scarce) onAmple();
  }
}
