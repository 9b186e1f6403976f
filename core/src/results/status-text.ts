import type { StatusLine } from '../status.ts';
import { calendarTime } from './calendar-time.ts';
import { Members } from './members.ts';

/**
 * A status line as loggers take it: one member of the array in a logger request's `log`. `f` is the part of the agent that speaks.
 */
export function statusEntryText(line: StatusLine, hostIdentifier: string): string {
  const unixTime = Math.floor(line.time / 1000);
  return new Members()
    .set('s', String(line.severity))
    .setText('f', line.source)
    .set('i', '0')
    .setText('m', line.message)
    .setText('h', hostIdentifier)
    .setText('c', calendarTime(unixTime))
    .set('u', String(unixTime))
    .toString();
}
