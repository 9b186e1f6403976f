/**
 * EXPLAIN SCANS: what a statement asks of its tables. The statement runs as ever, and in the place of its rows stands a row for each
 * kind of scan, and a last one for the whole.
 */
import type { ColumnType } from './column-types.ts';
import type { QueryConnection } from './connection.ts';
import { type ScanGroup, ScanLog } from './explain-scans-log.ts';
import { prepare, type Statement } from './native.ts';

/** The columns of the answer. */
const columns = [
  ['table_name', 'TEXT'],
  ['calls', 'BIGINT'],
  ['constraints', 'TEXT'],
  ['columns', 'TEXT'],
  ['rows', 'BIGINT'],
  ['bytes', 'BIGINT'],
  ['ms', 'DOUBLE'],
  ['cached', 'BIGINT'],
] as const;

/** What stands for the statement as a whole under `table_name`. */
const whole = '(statement)';

const literal = (value: string | number): string =>
  typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;

const rowOf = ({ table, calls, constraints, columns, rows, bytes, ms, cached }: ScanGroup): string =>
  `(${[table, calls, constraints, columns, rows, bytes, Math.round(ms * 1000) / 1000, cached].map(literal).join(', ')})`;

const sum = (groups: readonly ScanGroup[], figure: 'calls' | 'cached'): number =>
  groups.reduce((total, group) => total + group[figure], 0);

/** A statement that gives the rows of the answer: so they come in the encoding that was asked for, as any others do. */
const answer = ({ handle }: QueryConnection, groups: readonly ScanGroup[]): Statement => {
  const names = columns.map(([name, type], index) => `cast(column${index + 1} as ${type}) as ${name}`);
  const statement = prepare(handle, `select ${names.join(', ')} from (values ${groups.map(rowOf).join(', ')})`);
  if (statement === null) throw new Error('The answer of EXPLAIN SCANS is no statement.');
  return statement;
};

/** What running a statement has come to. */
interface Total {
  readonly rowCount: number;
  readonly bytes: number;
}

/**
 * Runs a statement and tells of its scans.
 * @param run runs it to its end
 * @returns a statement that gives the answer; the caller's to finalize
 */
export const explainScans = (connection: QueryConnection, run: () => Total): Statement => {
  const log = new ScanLog();
  const began = performance.now();
  connection.scans = log;
  try {
    const { rowCount: rows, bytes } = run();
    const ms = performance.now() - began;
    const groups = log.groups();
    const { calls, cached } = { calls: sum(groups, 'calls'), cached: sum(groups, 'cached') };
    return answer(connection, [
      ...groups,
      { table: whole, constraints: '', columns: '', calls, rows, bytes, ms, cached },
    ]);
  } finally {
    connection.scans = undefined;
  }
};

/** The columns of the answer and their types, as getQueryColumns tells them. */
export const explainedColumns = (): ColumnType[] => columns.map(([name, type]) => ({ name, type }));
