import type { Culprit } from '../watchdog/last-end.ts';
import type { LimitKind } from '../watchdog/limit-watch.ts';
import type { RunningQuery } from '../watchdog/run-record.ts';

/** A query that runs, or hangs in a thread that was given up. */
export interface Taker {
  readonly told: Pick<RunningQuery, 'lane' | 'name'>;
  /** The table that it asked last. */
  readonly asked: string | undefined;
  /** Whether a table is at work for it in the plugin host, whose CPU time is counted to nobody. */
  readonly worksInHost: boolean;
  /** What it has taken so far: CPU time in milliseconds, or bytes of memory. */
  taken(kind: LimitKind): Promise<number>;
  /** Stops it, since the process takes more than it may; absent when nothing can. */
  readonly stop?: (limit: string, figure: string) => void;
}

/** A query that has taken less than this is not to blame: milliseconds of CPU time, bytes; a thread alone holds some 15 MiB. */
const least: Readonly<Record<LimitKind, number>> = { cpu: 500, memory: 32 << 20 };

const figureOf = (kind: LimitKind, amount: number): string =>
  kind === 'cpu' ? `it has used ${Math.round(amount)} ms of CPU time` : `it holds ${Math.round(amount / 2 ** 20)} MiB`;

/** A query, and that it is to blame. */
export interface Blamed {
  readonly taker: Taker;
  readonly culprit: Culprit;
}

/**
 * Which of some queries has taken most of what the process takes too much of.
 * @returns undefined when it is no single query; one that runs alone is believed to have taken what the plugin host has
 */
export const greediest = async (takers: readonly Taker[], kind: LimitKind): Promise<Blamed | undefined> => {
  const taken = await Promise.all(takers.map(taker => taker.taken(kind)));
  const most = Math.max(...taken);
  const taker = takers[taken.indexOf(most)];
  const alone = kind === 'cpu' && takers.length === 1 && taker?.worksInHost === true;
  if (taker === undefined || (most < least[kind] && !alone)) return undefined;
  return { taker, culprit: { ...taker.told, table: taker.asked ?? '', figure: figureOf(kind, most) } };
};
