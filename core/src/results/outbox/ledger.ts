import type { Operation, Store } from '../../storage/store.ts';
import { packValue, unpackValue } from '../../storage/values.ts';

/** What the outbox remembers beside the lines; written in one batch with them. */
export interface Ledger {
  /** The place of the next line among all lines. */
  readonly position: number;
  /** The next number of a result or snapshot line. */
  readonly results: number;
  /** The next number of a status line. */
  readonly statuses: number;
  /** Lines dropped to keep within the budget, since the store is there, and those of them that no status line has told about. */
  readonly dropped: number;
  readonly untold: number;
}

const first: Ledger = { position: 1, results: 1, statuses: 1, dropped: 0, untold: 0 };
const cursorPrefix = 'cursor.';

/** Reads the ledger of an outbox. */
export async function loadLedger(store: Store): Promise<Ledger> {
  const bytes = await store.get('outbox_state', 'ledger');
  if (bytes === undefined) return first;
  const stored = unpackValue(bytes);
  return typeof stored === 'object' ? { ...first, ...stored } : first;
}

/** Writes the ledger. */
export const saveLedger = (ledger: Ledger): Operation => ({
  type: 'put',
  domain: 'outbox_state',
  key: 'ledger',
  value: packValue(ledger),
});

/** Reads how far each logger has come: the place of the last line that it acknowledged. */
export async function loadCursors(store: Store): Promise<Map<string, number>> {
  const found = await store.scan('outbox_state', { prefix: cursorPrefix, limit: Number.POSITIVE_INFINITY });
  return new Map(found.map(([key, value]) => [key.slice(cursorPrefix.length), Number(unpackValue(value))]));
}

/** Writes how far a logger has come. */
export const saveCursor = (logger: string, position: number): Operation => ({
  type: 'put',
  domain: 'outbox_state',
  key: `${cursorPrefix}${logger}`,
  value: packValue(position),
});

/** Forgets a logger. */
export const dropCursor = (logger: string): Operation => ({
  type: 'delete',
  domain: 'outbox_state',
  key: `${cursorPrefix}${logger}`,
});
