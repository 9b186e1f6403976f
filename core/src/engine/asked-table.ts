/**
 * Which table a query thread asks, as another thread sees it: so a query can be blamed on a table though its thread hangs in it. The
 * word in shared memory is a table's number plus 1 while the table is at work on an answer, the same below 0 afterwards, 0 before any.
 */
type Word = Int32Array<SharedArrayBuffer>;

/** Memory for one thread. */
export const askedWord = (): Word => new Int32Array(new SharedArrayBuffer(4));

/** Forgets what was asked. */
export const askNothing = (word: Word): void => void Atomics.store(word, 0, 0);

/** Asks a table, by its number. */
export const asking = <Result>(word: Word, table: number, ask: () => Result): Result => {
  Atomics.store(word, 0, table + 1);
  try {
    return ask();
  } finally {
    Atomics.store(word, 0, -table - 1);
  }
};

/** The table that was asked last. */
export interface AskedTable {
  readonly number: number;
  /** Whether it is at work on an answer. */
  readonly atWork: boolean;
}

/** The table that a thread asked last; undefined before any. */
export const askedTable = (word: Word): AskedTable | undefined => {
  const value = Atomics.load(word, 0);
  return value === 0 ? undefined : { number: Math.abs(value) - 1, atWork: value > 0 };
};
