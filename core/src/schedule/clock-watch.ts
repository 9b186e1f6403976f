import type { Speaker } from '../speaker.ts';
import type { Clock } from './clock.ts';

/** By how much the wall clock has to move of itself to be mentioned, seconds. */
const noticeable = 10;

/** Looks whether the wall clock was set, or stood still while the machine slept: the schedule goes on regardless, the times in its lines are others. */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #status: Speaker;
  #offsetMs: number;

  constructor(clock: Clock, status: Speaker) {
    this.#clock = clock;
    this.#status = status;
    this.#offsetMs = clock.now() - clock.monotonic();
  }

  /** Compares the clocks with how they stood at the last look. */
  look(): void {
    const offsetMs = this.#clock.now() - this.#clock.monotonic();
    const seconds = Math.round((offsetMs - this.#offsetMs) / 1000);
    this.#offsetMs = offsetMs;
    if (Math.abs(seconds) < noticeable) return;
    const text =
      seconds < 0
        ? `The clock of the machine was set back by ${-seconds} s`
        : `The clock of the machine went forward by ${seconds} s: it was set, or the machine slept`;
    this.#status.warning('scheduler', `${text}. The schedule keeps its pace.`);
  }
}
