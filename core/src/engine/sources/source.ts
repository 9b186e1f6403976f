import { clock } from '../clock.ts';
import type { SqlValue } from '../native.ts';
import type { ScanRequest } from '../request.ts';

/** What a source may know about the query it works for. */
export interface Run {
  /** Set to another value than 0 when the query is given up; on shared memory. */
  readonly cancel: Int32Array<SharedArrayBuffer>;
  /** When the query has to end, on the clock of clock.ts, milliseconds. */
  readonly deadline: number;
  /** Set for a scheduled query: rows of cacheable tables may come from an earlier one. */
  readonly schedule?: ScheduleTime;
}

/** Where in the schedule a query stands. */
export interface ScheduleTime {
  /** The time of the schedule, seconds. */
  readonly step: number;
  /** The splayed interval of the query, seconds. */
  readonly interval: number;
}

/** The rows of one scan, block by block. */
export interface BlockStream {
  /** The next block, or null at the end. `more` tells whether asking again may give another. */
  next(): Uint8Array | null;
  readonly more: boolean;
  /** The used columns as the blocks have them, where those are more than were asked for: the mask of TableCallbacks.open. */
  readonly layout?: readonly [usedLow: number, usedHigh: number];
  close(): void;
}

/** A written row, in the numbers of the native module. */
export interface WriteRequest {
  /** 1 insert, 2 update, 3 delete. */
  readonly kind: 1 | 2 | 3;
  readonly rowid: bigint | null;
  readonly newRowid: bigint | null;
  readonly values: readonly SqlValue[];
}

/** Where the rows of a table come from, as a query thread sees it: everything is answered before the call returns. */
export interface Source {
  /** How rows are encoded: see `encodings`. */
  readonly encoding: 0 | 1;
  open(request: ScanRequest, run: Run): BlockStream;
  /** @returns the id of an inserted row */
  write(request: WriteRequest, run: Run): bigint | undefined;
}

/** An error with SQLite's code, for what a write is refused with. */
export const sqlFailure = (message: string, sqliteCode: number): Error =>
  Object.assign(new Error(message), { sqliteCode });

/** SQLite's result codes that sources use. */
export const sqliteCodes = { error: 1, readonly: 8, interrupt: 9, constraint: 19, mismatch: 20 } as const;

/** Throws when the query was given up meanwhile. */
export const checkCancelled = (run: Run): void => {
  if (Atomics.load(run.cancel, 0) !== 0) throw sqlFailure('interrupted', sqliteCodes.interrupt);
};

/** How long the query may still run, milliseconds, at least 1. */
export const remainingMs = (run: Run): number => Math.max(1, Math.ceil(run.deadline - clock()));
