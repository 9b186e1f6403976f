import { openLease, pushEvents, renew, updateRegistry } from './lease.ts';
import type { Message2 } from './message2.ts';
import { ask, logLines } from './plugins2.ts';
import { nextRows, openQuery, openRows, write } from './rows2.ts';

const table = {
  openRows,
  nextRows,
  write,
  logLines,
  ask,
  openLease,
  renew,
  updateRegistry,
  openQuery,
  pushEvents,
};

/** The name of a message of version 2 that is answered. */
export type Message2Name = keyof typeof table;

/** What a message asks. */
export type Arguments2Of<Name extends Message2Name> =
  (typeof table)[Name] extends Message2<infer Arguments, infer _Result, infer _Answer> ? Arguments : never;

/** What the asking side reads. */
export type Result2Of<Name extends Message2Name> =
  (typeof table)[Name] extends Message2<infer _Arguments, infer Result, infer _Answer> ? Result : never;

/** What the answering side gives. */
export type Answer2Of<Name extends Message2Name> =
  (typeof table)[Name] extends Message2<infer _Arguments, infer _Result, infer Answer> ? Answer : never;

/** All messages of version 2 that are answered, by name. */
export const messageTable2: {
  readonly [Name in Message2Name]: Message2<Arguments2Of<Name>, Result2Of<Name>, Answer2Of<Name>>;
} = table;
