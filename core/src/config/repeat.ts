import type { Clock } from '../schedule/clock.ts';

/** Does something again and again, each time after a pause that may change, until the signal fires. */
export async function repeat(
  clock: Clock,
  signal: AbortSignal,
  pauseSeconds: () => number,
  work: () => Promise<unknown>,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(Math.max(1, pauseSeconds()) * 1000, signal);
    if (!signal.aborted) await work();
  }
}
