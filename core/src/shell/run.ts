import { render } from './render/index.ts';
import { type ResultTable, type SqlError, sqlError } from './result.ts';
import type { Shell } from './shell.ts';
import { splitStatements } from './statements.ts';

/** The results of the statements of a text that ran, and the error that stopped it. */
export interface Outcome {
  readonly tables: readonly ResultTable[];
  readonly error: SqlError | undefined;
}

/** Runs the statements of a text one after the other, until one fails. */
export const runStatements = async (shell: Shell, sql: string): Promise<Outcome> => {
  const tables: ResultTable[] = [];
  try {
    for (const { text, blank } of splitStatements(sql)) {
      if (blank) continue;
      shell.running = new AbortController();
      const source = await shell.source();
      tables.push(await source.query(text, shell.running.signal));
    }
    return { tables, error: undefined };
  } catch (error) {
    return { tables, error: sqlError(error) };
  } finally {
    shell.running = undefined;
  }
};

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(6);

const sum = (numbers: readonly (number | undefined)[]): number =>
  numbers.reduce<number>((total, each) => total + (each ?? 0), 0);

/**
 * Runs a text and prints its results.
 * @returns the error that stopped it, which nobody has printed yet
 */
export const runAndPrint = async (shell: Shell, sql: string): Promise<SqlError | undefined> => {
  const start = performance.now();
  const { tables, error } = await runStatements(shell, sql);
  for (const bytes of render(tables, shell.settings)) shell.results.write(bytes);
  if (shell.settings.timer) {
    const real = ((performance.now() - start) / 1000).toFixed(3);
    const user = seconds(sum(tables.map(table => table.userMs)));
    const system = seconds(sum(tables.map(table => table.systemMs)));
    shell.result(`Run Time: real ${real} user ${user} sys ${system}\n`);
  }
  return error;
};

/**
 * Runs a text, prints its results, and its error after a prefix.
 * @param prefix such as `Error: near line 3: `
 * @returns the exit code: 0, or SQLite's result code
 */
export const runSql = async (shell: Shell, sql: string, prefix = 'Error: '): Promise<number> => {
  const error = await runAndPrint(shell, sql);
  if (error === undefined) return 0;
  const message = error.message === '' ? `unable to process SQL "${sql}"` : error.message;
  shell.complain(`${prefix}${message}\n`);
  return error.exitCode;
};
