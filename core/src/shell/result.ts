import type { Cell } from './cells.ts';

/** The result of one statement, as the shell shows it. */
export interface ResultTable {
  /** Names in order, as byte strings. Empty for a statement that gives no rows. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Which values of each row JSON writes as numbers; NULL is then null. All are strings, when left out. */
  readonly numbers?: readonly (readonly boolean[])[];
  /** CPU time in milliseconds, where it is known. */
  readonly userMs?: number;
  readonly systemMs?: number;
}

/** The name and type of a column of a statement. */
export interface ColumnType {
  readonly name: string;
  readonly type: string;
}

/** What answers statements: the engine in this process, or an extension manager somewhere. */
export interface QuerySource {
  /** Runs one statement. @throws SqlError */
  query(sql: string, signal: AbortSignal): Promise<ResultTable>;
  /** The columns of one statement, without running it. @throws SqlError */
  columns(sql: string): Promise<readonly ColumnType[]>;
  /** Ends it; statements that run are stopped. */
  close(): Promise<void>;
}

/** A statement failed: what the person reads, and the exit code of a command line that ran it. */
export class SqlError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

const codeOf = (error: object): number => {
  const code = 'sqliteCode' in error && typeof error.sqliteCode === 'number' ? error.sqliteCode & 0xff : 1;
  return code === 0 ? 1 : code;
};

/** Any error as one that the shell prints. */
export const sqlError = (error: unknown): SqlError => {
  if (error instanceof SqlError) return error;
  if (error instanceof Error) return new SqlError(error.message, codeOf(error));
  return new SqlError(String(error), 1);
};
