import { createHash } from 'node:crypto';
import type { Operation, Store } from '../storage/store.ts';
import { packText, unpackText } from '../storage/values.ts';
import type { ScheduledQuery } from './query.ts';

/** Stands for the text of a query: an edited query is another one. */
export const hashOf = (sql: string): string => createHash('sha256').update(sql).digest('hex').slice(0, 16);

/** The operations that say in the store that a query runs now: what is found there at the next start did not end. */
export const markRunning = ({ name, query }: ScheduledQuery, unixTime: number): Operation[] => [
  { type: 'put', domain: 'configurations', key: `running.${name}`, value: packText(hashOf(query)) },
  { type: 'put', domain: 'configurations', key: `timestamp.${name}`, value: packText(String(unixTime)) },
];

/** The operation that says that a query runs no more. */
export const markEnded = (name: string): Operation => ({
  type: 'delete',
  domain: 'configurations',
  key: `running.${name}`,
});

/** The queries that were running when the last process ended. */
export async function unendedQueries(store: Store): Promise<{ readonly name: string; readonly hash: string }[]> {
  const prefix = 'running.';
  const marks = await store.scan('configurations', { prefix, limit: 1000 });
  return marks.map(([key, value]) => ({ name: key.slice(prefix.length), hash: unpackText(value) }));
}
