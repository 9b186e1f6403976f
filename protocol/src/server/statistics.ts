/** What a server has seen since it started. */
export interface ServerStatistics {
  /** Connections that are open now. */
  connections: number;
  /** Connections taken in all. */
  accepted: number;
  /** Connections closed at once because there were too many. */
  refused: number;
  /** Idle connections closed to make room for new ones. */
  evicted: number;
  /** Whole requests. */
  requests: number;
  /** Requests that were answered with an exception. */
  exceptions: number;
  /** Connections closed because they sent what is no request, or broke a limit. */
  rejected: number;
  /** Calls of version 2 that are unanswered now, or their answers unread. */
  calls: number;
  /** Calls of version 2 that were cancelled, took too long, or lost their connection. */
  givenUp: number;
  /** Calls of version 2 that were refused because their connection had too many. */
  overloaded: number;
  /** Connections closed because a message was not finished, or a reply not read, in time. */
  timedOut: number;
  /** Bytes of unfinished messages that are held now. */
  pendingBytes: number;
  receivedBytes: number;
  sentBytes: number;
}

/** All counts at 0. */
export const noStatistics = (): ServerStatistics => ({
  connections: 0,
  accepted: 0,
  refused: 0,
  evicted: 0,
  requests: 0,
  exceptions: 0,
  rejected: 0,
  calls: 0,
  givenUp: 0,
  overloaded: 0,
  timedOut: 0,
  pendingBytes: 0,
  receivedBytes: 0,
  sentBytes: 0,
});
