import type { Culprit } from '../watchdog/last-end.ts';
import type { LimitKind } from '../watchdog/limit-watch.ts';
import type { QueryWatch } from './query-watch.ts';

/** A query that has taken less than this is not to blame: milliseconds of CPU time, bytes; a thread alone holds some 15 MiB. */
const least: Readonly<Record<LimitKind, number>> = { cpu: 500, memory: 32 << 20 };

const figureOf = (kind: LimitKind, amount: number): string =>
  kind === 'cpu' ? `it has used ${Math.round(amount)} ms of CPU time` : `it holds ${Math.round(amount / 2 ** 20)} MiB`;

/** A query, and that it is to blame. */
export interface Blamed {
  readonly watch: QueryWatch;
  readonly culprit: Culprit;
}

/**
 * Which of the queries that run has taken most of what the process takes too much of.
 * @returns undefined when it is no single query. CPU time of a table that works elsewhere is not the query's: of a query that runs alone it is believed
 */
export const greediest = async (watches: Iterable<QueryWatch>, kind: LimitKind): Promise<Blamed | undefined> => {
  const running = [...watches].filter(watch => watch.isRunning);
  const taken = await Promise.all(running.map(watch => watch.taken(kind)));
  const most = Math.max(...taken);
  const watch = running[taken.indexOf(most)];
  const alone = kind === 'cpu' && running.length === 1;
  if (watch === undefined || (most < least[kind] && !alone)) return undefined;
  return { watch, culprit: { ...watch.told, table: watch.asked ?? '', figure: figureOf(kind, most) } };
};
