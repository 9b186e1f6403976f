import { readFileSync } from 'node:fs';
import { type EndedBy, type LastEnd, queryText, runningText } from './last-end.ts';
import type { RunningQuery } from './run-record.ts';
import type { WorkerEnd } from './worker-process.ts';

/** What to tell of the end of a worker. */
export const endText = (
  pid: number | undefined,
  end: WorkerEnd,
  running: readonly RunningQuery[] | undefined,
): string => {
  const { code, signal, livedSeconds, ownReason, culprit } = end;
  const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
  const texts = [`The worker ${pid} ${how} after ${livedSeconds.toFixed(1)} s.`];
  if (ownReason !== undefined) texts.push(`It has ended itself: ${ownReason}`);
  if (culprit !== undefined) texts.push(`To blame is ${queryText(culprit)}: ${culprit.figure}.`);
  if (culprit === undefined && (signal !== null || code !== 0)) texts.push(runningText(running));
  return texts.join(' ');
};

/** Signals by which a process ends for a fault of its own. */
const crashes: ReadonlySet<NodeJS.Signals> = new Set(['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGTRAP']);

/** How many processes the kernel has killed for want of memory since it started (/proc/vmstat); undefined where it does not tell. */
export const oomKills = (): number | undefined => {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'latin1'))?.[1];
    return count === undefined ? undefined : Number(count);
  } catch {
    // Without /proc nobody tells.
    return undefined;
  }
};

/** What ended a worker that no limit has ended. */
export const causeOf = (
  { signal }: WorkerEnd,
  killsBefore: number | undefined,
  killsNow: number | undefined,
): EndedBy => {
  if (signal === null || crashes.has(signal)) return 'crash';
  return killsNow !== undefined && killsNow === killsBefore ? 'outside' : 'unknown';
};

/** What the next worker has to know; nothing of an end without trouble. */
export const lastEndOf = (
  end: WorkerEnd,
  running: readonly RunningQuery[] | undefined,
  by: EndedBy,
): LastEnd | undefined => {
  const { code, signal, verdict, ownReason, culprit } = end;
  if (code === 0 && verdict === undefined) return undefined;
  const how = signal === null ? `The agent ended with exit code ${code}` : `The agent was ended by ${signal}`;
  const reason = verdict?.message ?? ownReason ?? how;
  const cause = verdict !== undefined ? 'limit' : ownReason !== undefined ? 'itself' : by;
  return { reason, by: cause, timeMs: Date.now(), ...(culprit && { culprit }), running };
};
