import type { LoggedStatus } from '@outpost/sdk';

/** A line of the agent's status log as osquery's buffered loggers write it. */
export const statusLine = (status: LoggedStatus, version: string): string =>
  JSON.stringify({
    hostIdentifier: status.hostIdentifier,
    calendarTime: status.calendarTime,
    unixTime: status.unixTime,
    severity: status.severity,
    filename: status.file,
    line: status.line,
    message: status.message,
    version,
  });
