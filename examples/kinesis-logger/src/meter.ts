/** What a logger has done since its process began. All of it is in the table `kinesis_logger`. */
export class Meter {
  /** Lines that the stream has taken, and what they came in. */
  lines = 0;
  records = 0;
  bytes = 0;
  requests = 0;
  /** Requests that failed as a whole, and records that failed one by one. */
  failedRequests = 0;
  failedRecords = 0;
  /** Those of both that failed because there was too much at once. */
  throttled = 0;
  /** Lines that were too large, in whose place a notice went. */
  oversize = 0;
  /** Calls of the agent that were answered with a failure; their lines come again. */
  failedCalls = 0;
  /** What is kept in memory now, and the most there was. */
  waitingBytes = 0;
  waitingRecords = 0;
  peakBytes = 0;
  /** The last failure in words, and when it was: seconds since the epoch. */
  lastError = '';
  lastErrorTime = 0;
  /** When the stream last took something, seconds since the epoch. */
  lastTaken = 0;

  /** Counts records in or out of memory. */
  waits(records: number, bytes: number): void {
    this.waitingRecords += records;
    this.waitingBytes += bytes;
    this.peakBytes = Math.max(this.peakBytes, this.waitingBytes);
  }
}

/** The time as the columns of times have it. */
export const unixTime = (): number => Math.floor(Date.now() / 1000);
