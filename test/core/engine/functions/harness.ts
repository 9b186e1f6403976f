import type { TestContext } from 'node:test';
import { defineSqlFunctions } from '../../../../core/src/engine/functions/define.ts';
import type { SqlValue } from '../../../../core/src/engine/native.ts';
import type { Run } from '../../../../core/src/engine/sources/source.ts';
import { openTables, type TestConnection } from '../native-harness.ts';

/** A connection with the SQL functions, and what they said on the status log. */
export interface FunctionConnection extends TestConnection {
  readonly warnings: string[];
  /** The query that runs; another object stands for another query. */
  run: Run;
  /** The one value of an expression. */
  value(expression: string): SqlValue | undefined;
}

/** A query that nobody gives up. */
export const newRun = (): Run => ({
  cancel: new Int32Array(new SharedArrayBuffer(4)),
  deadline: Number.POSITIVE_INFINITY,
});

/** Opens a connection with the SQL functions; it is closed when the test ends. */
export const openFunctions = (context: TestContext, regexMaxBytes = 256): FunctionConnection => {
  const connection = openTables({});
  context.after(() => connection.close());
  const opened = Object.assign(connection, {
    warnings: [] as string[],
    run: newRun(),
    value: (expression: string) => connection.query(`select ${expression}`)[0]?.[0],
  });
  defineSqlFunctions(connection.handle, {
    run: () => opened.run,
    warn: (name, message) => opened.warnings.push(`${name}: ${message}`),
    regexMaxBytes,
  });
  return opened;
};

/** A text as an SQL literal. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
