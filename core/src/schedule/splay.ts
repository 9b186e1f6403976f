import type { Operation, Store } from '../storage/store.ts';
import { packText, unpackText } from '../storage/values.ts';
import type { ScheduledQuery } from './query.ts';

/**
 * A random interval around the configured one, so that a fleet does not act at once.
 * @param percent 0 or more than 100: no splay
 * @param random from 0 up to 1
 */
export function splay(interval: number, percent: number, random: () => number): number {
  if (percent <= 0 || percent > 100) return interval;
  const most = Math.trunc(Math.fround(interval * Math.fround(Math.fround(percent) / 100)));
  const least = Math.max(1, interval - most);
  return least + Math.floor(random() * (interval + most - least + 1));
}

/** osquery replaces 0 and 1 by its default, so that only values above 100 turn the splay off. */
const effectivePercent = (percent: number): number => (percent <= 1 ? 10 : percent);

function stored(text: string | undefined, interval: number): number | undefined {
  const [configured, splayed] =
    /^(\d+):(\d+)$/
      .exec(text ?? '')
      ?.slice(1)
      .map(Number) ?? [];
  return configured === interval && splayed !== undefined && splayed > 0 ? splayed : undefined;
}

/**
 * The splayed intervals of queries by scheduled name: those remembered for the same configured interval, and new ones, with the
 * operations that remember them. Queries of one bare name in several packs share what is remembered.
 */
export async function splayedIntervals(
  store: Store,
  queries: readonly ScheduledQuery[],
  percent: number,
  random: () => number,
): Promise<{ readonly intervals: ReadonlyMap<string, number>; readonly operations: readonly Operation[] }> {
  const intervals = new Map<string, number>();
  const remembered = new Map<string, string>();
  const operations = new Map<string, Operation>();
  for (const { name, interval, splayName = name } of queries) {
    const key = `interval.${splayName}`;
    const bytes = remembered.has(key) ? undefined : await store.get('configurations', key);
    const text = remembered.get(key) ?? (bytes === undefined ? undefined : unpackText(bytes));
    const splayed = stored(text, interval) ?? splay(interval, effectivePercent(percent), random);
    intervals.set(name, splayed);
    const now = `${interval}:${splayed}`;
    remembered.set(key, now);
    if (text !== now) operations.set(key, { type: 'put', domain: 'configurations', key, value: packText(now) });
  }
  return { intervals, operations: [...operations.values()] };
}
