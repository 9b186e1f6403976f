/** A worker that lives less long than this has died too quickly (seconds; osquery's respawn limit). */
const quickSeconds = 4;
/** A worker that lived this long has shown that it can: the count of quick deaths starts anew (seconds). */
const stableSeconds = 60;

/**
 * How long to wait before the next worker starts. A worker that lived is followed at once; quick deaths wait 2^count seconds and a few
 * more, as osquery does, up to a limit, and for ever: an agent that gives up is an agent that nobody sees.
 */
export class RestartDelay {
  #quickDeaths = 0;
  readonly #limitSeconds: number;
  readonly #leastSeconds: number;

  /** @param limitSeconds the longest wait, `--watchdog_max_delay`; @param leastSeconds what comes on top of 2^count */
  constructor(limitSeconds: number, leastSeconds = 5) {
    this.#limitSeconds = limitSeconds;
    this.#leastSeconds = leastSeconds;
  }

  /** Quick deaths in a row. */
  get quickDeaths(): number {
    return this.#quickDeaths;
  }

  /** @returns seconds to wait after a process that lived `livedSeconds` */
  after(livedSeconds: number): number {
    if (livedSeconds >= quickSeconds) {
      if (livedSeconds >= stableSeconds) this.#quickDeaths = 0;
      return 0;
    }
    this.#quickDeaths += 1;
    return Math.min(this.#limitSeconds, this.#leastSeconds + 2 ** Math.min(this.#quickDeaths, 30));
  }
}
