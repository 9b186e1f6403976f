import type { OutpostError } from '@outpost/protocol';
import type { QueryOptions, QueryResult } from './engine.ts';
import { engineError } from './engine-error.ts';
import type { Ending } from './query-thread-handle.ts';
import type { QueryWatch } from './query-watch.ts';

/** SQLITE_INTERRUPT. */
const sqliteInterrupt = 9;

/** The end of a sentence about a query that was stopped: where it was. */
const whereOf = ({ progress }: QueryWatch, { lane }: QueryOptions): string => {
  if (progress === undefined) return ` while it waited for its turn in the lane ${lane}`;
  return progress.table === undefined ? '' : `; the table that it asked last is ${progress.table}`;
};

/** The error of a query that was given up. */
export const givenUp = (watch: QueryWatch, options: QueryOptions): Promise<OutpostError> => {
  const { name, lane, deadlineMs = 0 } = options;
  const told = { query: name ?? lane, where: whereOf(watch, options) };
  switch (watch.given) {
    case 'deadline':
      return engineError('QUERY_DEADLINE', { ...told, milliseconds: deadlineMs }, sqliteInterrupt);
    case 'cpu':
      return engineError(
        'QUERY_BUDGET_CPU',
        { ...told, used: Math.round(watch.cpuMs), limit: watch.budget.cpuMs },
        sqliteInterrupt,
      );
    case 'limit':
      return engineError('QUERY_AGENT_LIMIT', { ...told, limit: '', figure: '', ...watch.limit }, sqliteInterrupt);
    default:
      return engineError('QUERY_CANCELLED', told, sqliteInterrupt);
  }
};

/** What a query gave. @throws the error that it ended with */
export const resultOf = async (
  ending: Ending,
  options: QueryOptions,
  watch: QueryWatch,
  wallMs: number,
): Promise<QueryResult> => {
  if (ending.kind === 'done') {
    const { columns, blocks, rowCount, bytes, userMs, systemMs, tables, diff } = ending.outcome;
    const typed = columns.map(({ name, declared }) => ({ name, type: declared ?? '' }));
    return { columns: typed, blocks, rowCount, stats: { wallMs, userMs, systemMs, bytes, tables }, diff };
  }
  if (watch.given !== undefined) throw await givenUp(watch, options);
  const query = options.name ?? options.lane;
  if (ending.kind === 'lost')
    throw await engineError('QUERY_THREAD_LOST', { query, reason: ending.reason }, sqliteInterrupt);
  const { statementError } = await import('./failures.ts');
  throw statementError(ending.failure, { query, where: whereOf(watch, options), denial: ending.denial });
};
