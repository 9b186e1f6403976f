import { namePart, ordered } from '../storage/keys.ts';
import type { Operation, Store } from '../storage/store.ts';
import { packValue, unpackValue } from '../storage/values.ts';
import { emptyState, type StateChange, type StoredState } from './state.ts';

/** What the store keeps of a differential query beside its rows. */
export interface QueryRecord {
  readonly sql: string;
  readonly epoch: number;
  /** Of the last logged result; undefined before an event query's first rows. */
  readonly counter: number | undefined;
}

/** A query as the store has it. */
export interface QueryState {
  readonly record: QueryRecord;
  readonly state: StoredState;
}

type Head = Omit<StoredState, 'blocks' | 'nullText'>;

const isHead = (value: unknown): value is QueryRecord & Head =>
  typeof value === 'object' &&
  value !== null &&
  'sql' in value &&
  'seed' in value &&
  'columns' in value &&
  Array.isArray(value.columns);

const mostBlocks = 2 ** 16;

/** Reads what a query gave last; undefined when it never ran. */
export async function loadQueryState(store: Store, name: string, nullText: string): Promise<QueryState | undefined> {
  const stored = await store.get('queries', name);
  if (stored === undefined) return undefined;
  const head = unpackValue(stored);
  if (!isHead(head)) return undefined;
  const { sql, epoch, ...rest } = head;
  const counter = head.counter ?? undefined;
  const prefix = namePart(name);
  const blocks: (Uint8Array | undefined)[] = [];
  for (const [key, block] of await store.scan('query_rows', { prefix, limit: mostBlocks }))
    blocks[Number(key.slice(prefix.length))] = block;
  return { record: { sql, epoch, counter }, state: { ...rest, blocks, nullText } };
}

/** A state with nothing in it and a seed of its own. */
export const freshState = (nullText: string, random: () => number): StoredState =>
  emptyState(Math.floor(random() * 2 ** 32), nullText);

/** The operations that write a query's record and, when its rows changed, the blocks that differ. */
export function saveOperations(
  name: string,
  record: QueryRecord,
  state: StoredState,
  change: StateChange | undefined,
): Operation[] {
  const { encoding, columns, seed, bucketBits, rowCount, byteCount } = change ?? state;
  const head = { ...record, counter: record.counter ?? null, encoding, columns, seed, bucketBits, rowCount, byteCount };
  const operations: Operation[] = [];
  const prefix = namePart(name);
  if (change?.whole) operations.push({ type: 'deleteRange', domain: 'query_rows', from: prefix, to: `${prefix}~` });
  for (const { bucket, block } of change?.replaced ?? []) {
    const key = `${prefix}${ordered(bucket)}`;
    if (block === undefined) operations.push({ type: 'delete', domain: 'query_rows', key });
    else operations.push({ type: 'put', domain: 'query_rows', key, value: block });
  }
  operations.push({ type: 'put', domain: 'queries', key: name, value: packValue(head) });
  return operations;
}

/** The operations that forget a query. */
export function forgetOperations(name: string): Operation[] {
  const prefix = namePart(name);
  return [
    { type: 'delete', domain: 'queries', key: name },
    { type: 'deleteRange', domain: 'query_rows', from: prefix, to: `${prefix}~` },
  ];
}
