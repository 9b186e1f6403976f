import { checkSeconds, LimitWatch, type Verdict } from './limit-watch.ts';
import type { Limits } from './limits.ts';
import { usageOf } from './usage.ts';

/** What a process is held to. */
export interface GuardOptions {
  readonly limits: Limits;
  /** How long it may take what it likes, seconds. */
  readonly graceSeconds: number;
}

/**
 * Looks every few seconds at what a process takes, until it is told to stop.
 * @param onVerdict is told of each limit that is exceeded after the time of grace
 * @returns what ends it
 */
export const guard = (
  pid: number,
  { limits, graceSeconds }: GuardOptions,
  onVerdict: (verdict: Verdict) => void,
): (() => void) => {
  const watch = new LimitWatch(limits);
  const started = performance.now();
  const timer = setInterval(() => {
    const usage = usageOf(pid);
    const verdict = usage === undefined ? undefined : watch.check(usage);
    if (verdict !== undefined && performance.now() - started >= graceSeconds * 1000) onVerdict(verdict);
  }, checkSeconds * 1000);
  return () => clearInterval(timer);
};
