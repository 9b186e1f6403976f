import { monotonicMs } from '../monotonic.ts';
import { checkSeconds, LimitWatch, type Reading, type Verdict } from './limit-watch.ts';
import type { Limits } from './limits.ts';
import { usageOf } from './usage.ts';

/** What a process is held to. */
export interface GuardOptions {
  readonly limits: Limits;
  /** How long it may take what it likes, seconds. */
  readonly graceSeconds: number;
}

/** Is told what a guard finds. */
export interface GuardListener {
  /** A limit was exceeded, or is near, after the time of grace. */
  readonly onVerdict: (verdict: Verdict) => void;
  /** Each check, those of the time of grace too. */
  readonly onReading?: (reading: Reading) => void;
  /** The process is there and cannot be measured; once. */
  readonly onBlind?: (reason: string) => void;
}

/** A process that is looked at. */
export interface Guard {
  /** See {@link LimitWatch.settle}. */
  settle(): void;
  end(): void;
}

/** Looks every few seconds at what a process takes. */
export const guard = (
  pid: number,
  { limits, graceSeconds }: GuardOptions,
  { onVerdict, onReading, onBlind }: GuardListener,
): Guard => {
  const watch = new LimitWatch(limits);
  const started = monotonicMs();
  let misses = 0;
  let lookedAt = started;
  const timer = setInterval(() => {
    const usage = usageOf(pid);
    if (usage === undefined) {
      // A process that has just died is missed once, before its end is told.
      misses += 1;
      if (misses === 2) onBlind?.(`/proc/${pid}/stat and /proc/${pid}/status cannot be read`);
      return;
    }
    const now = monotonicMs();
    const reading = watch.check(usage, (now - lookedAt) / 1000);
    lookedAt = now;
    onReading?.(reading);
    const past = now - started >= graceSeconds * 1000;
    if (reading.verdict !== undefined && past) onVerdict(reading.verdict);
  }, checkSeconds * 1000);
  return { settle: () => watch.settle(), end: () => clearInterval(timer) };
};
