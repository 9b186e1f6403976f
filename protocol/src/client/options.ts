import type { Limits } from '../binary/limits.ts';

/** What a client may be told. */
export interface ClientOptions {
  /** Milliseconds for connecting, and for each call unless it says otherwise; 300,000 by default (`thrift_timeout`). */
  readonly timeoutMs?: number;
  /** What a reply may hold at most. */
  readonly limits?: Limits;
}

/** What a single call may be told. */
export interface CallOptions {
  /** Milliseconds until the call fails, its turn in the queue included. */
  readonly timeoutMs?: number;
  /** Gives a call of version 2 up, here and at the other side. */
  readonly signal?: AbortSignal | undefined;
}
