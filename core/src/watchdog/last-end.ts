import type { RunningQuery } from './run-record.ts';

/** The environment variable that tells a worker how its predecessor ended: JSON of a {@link LastEnd}; absent when that was no trouble. */
const variable = 'OUTPOST_LAST_END';
/** How much of the queries' texts is handed on, characters: an environment variable holds 128 KiB. */
const sqlLength = 2_000;
const queryLimit = 16;

/** A query that took what the worker took too much of. */
export interface Culprit extends Pick<RunningQuery, 'lane' | 'name' | 'table'> {
  /** How much it took, as the end of a sentence. */
  readonly figure: string;
}

/**
 * What ended a worker: a `limit`; a `crash`, a fault of its own; the kernel, for want of memory, or something else that may be a query's doing
 * (`unknown`); somebody's signal (`outside`); the worker `itself`, which has named and held who was to blame.
 */
export type EndedBy = 'limit' | 'crash' | 'unknown' | 'outside' | 'itself';

/** Who ran for less than this when a signal came from outside had hardly begun, milliseconds. */
const briefMs = 1000;

/** How a worker ended that should not have. */
export interface LastEnd {
  /** Such as `It was ended by SIGABRT.`, or the limit that it exceeded, with its figures. */
  readonly reason: string;
  /** What ended it. */
  readonly by: EndedBy;
  /** When it ended, milliseconds since the epoch. */
  readonly timeMs: number;
  /** The query that is to blame, when that is known. */
  readonly culprit?: Culprit;
  /** The queries that ran; undefined when that could not be recorded. */
  readonly running: readonly RunningQuery[] | undefined;
}

/** The variable for the next worker's environment. */
export const lastEndVariable = (end: LastEnd | undefined): NodeJS.ProcessEnv => {
  if (end === undefined) return { [variable]: undefined };
  const running = end.running?.slice(0, queryLimit).map(query => ({ ...query, sql: query.sql.slice(0, sqlLength) }));
  return { [variable]: JSON.stringify({ ...end, running } satisfies LastEnd) };
};

/** How this worker's predecessor ended, if that was trouble; the variable is taken out of the environment. */
export const takeLastEnd = (environment: NodeJS.ProcessEnv): LastEnd | undefined => {
  const text = environment[variable];
  delete environment[variable];
  return text === undefined ? undefined : (JSON.parse(text) as LastEnd);
};

/** Whether a query that was under way had nothing to do with the end; one that is not among those that ran was waiting, or had its result. */
export const isInnocent = (
  { lane, name }: Pick<RunningQuery, 'lane' | 'name'>,
  { by, culprit, timeMs, running }: LastEnd,
): boolean => {
  if (culprit !== undefined) return culprit.lane !== lane || culprit.name !== name;
  if (by === 'itself') return true;
  if (running === undefined) return false;
  const ran = running.find(query => query.lane === lane && query.name === name);
  return ran === undefined || (by === 'outside' && timeMs - ran.sinceMs < briefMs);
};

/** A query as the log calls it. */
export const queryText = ({ lane, name, table }: Pick<RunningQuery, 'lane' | 'name' | 'table'>): string =>
  `${name} (${lane}${table === '' ? '' : `, table ${table}`})`;

/** The queries that ran when a worker ended, as a sentence. */
export const runningText = (running: readonly RunningQuery[] | undefined, now = Date.now()): string => {
  if (running === undefined) return 'What ran is not known.';
  if (running.length === 0) return 'No query ran.';
  const texts = running.map(query => `${queryText(query)} for ${((now - query.sinceMs) / 1000).toFixed(1)} s`);
  return `There ran: ${texts.join('; ')}.`;
};
