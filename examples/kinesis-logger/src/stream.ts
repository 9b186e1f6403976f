/** What one record carries. */
export interface StreamRecord {
  readonly data: Uint8Array;
  /** Decides on the shard; '' where a stream has no keys. */
  readonly key: string;
  /** Data and key, as the service counts them. */
  readonly bytes: number;
  /** How many log lines are in it. */
  readonly lines: number;
  /** Whether it has to arrive after those before it that have the same key. */
  readonly ordered: boolean;
}

/** What one request of a service may hold. */
export interface StreamLimits {
  readonly records: number;
  readonly bytes: number;
}

/** Why one record of a request was not taken, in the words of the service. */
export interface RecordFailure {
  readonly code: string;
  readonly message: string;
}

/** A stream of one of the services, as far as sending is concerned. */
export interface Stream {
  readonly limits: StreamLimits;
  /**
   * Sends records in one request.
   * @returns for each of them, in their order, why it was not taken, or undefined when it was
   * @throws whatever the client of the service throws when the whole request failed
   */
  put(records: readonly StreamRecord[], signal: AbortSignal): Promise<readonly (RecordFailure | undefined)[]>;
  /** Closes the connections. */
  close(): void;
}
