import { forgetOperations } from '../results/query-state.ts';
import type { Operation, Store } from '../storage/store.ts';
import { packText, unpackText } from '../storage/values.ts';

/** How long the results of a query that is not scheduled any more are kept, seconds: six days and 20.5 hours. */
const keepSeconds = 592_200;

async function staleOperations(store: Store, name: string, unixTime: number): Promise<Operation[]> {
  const key = `timestamp.${name}`;
  const bytes = await store.get('configurations', key);
  const last = bytes === undefined ? '' : unpackText(bytes);
  if (bytes !== undefined && !/^\d+$/.test(last)) return [{ type: 'delete', domain: 'configurations', key }];
  // A time that has yet to come is that of a clock which was set back since: the query is kept from now on, as one without any.
  if (bytes === undefined || Number(last) > unixTime)
    return [{ type: 'put', domain: 'configurations', key, value: packText(String(unixTime)) }];
  if (Number(last) >= unixTime - keepSeconds) return [];
  return [
    ...forgetOperations(name),
    { type: 'delete', domain: 'configurations', key },
    { type: 'delete', domain: 'configurations', key: `interval.${name}` },
  ];
}

/**
 * Forgets the results of queries that have long not been scheduled; called before each update of the configuration.
 * @param scheduled the names of the queries of the schedule as it is
 */
export async function purgeStaleResults(store: Store, scheduled: ReadonlySet<string>, unixTime: number): Promise<void> {
  const keys = await store.scan('queries', { limit: Number.POSITIVE_INFINITY, values: false });
  const operations: Operation[] = [];
  for (const [name] of keys)
    if (!scheduled.has(name)) operations.push(...(await staleOperations(store, name, unixTime)));
  await store.batch(operations);
}
