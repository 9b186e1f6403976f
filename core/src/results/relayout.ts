import { canonicalRow } from './canonical.ts';
import { permutation, sameColumns } from './columns.ts';
import { encodingVersion, viewOf } from './encoding.ts';
import { rowHash } from './row-hash.ts';
import { RowReader } from './row-reader.ts';
import { rowsOfState, type StoredState } from './state.ts';
import { packBlock } from './state-block.ts';

/** An old state made comparable with a result. */
export interface Relayout {
  readonly state: StoredState;
  /** The rows of the old state when they cannot equal any row of the result, because the columns have other names. */
  readonly foreign: readonly Uint8Array[] | undefined;
  /** Whether the rows were encoded anew, so that the state must be stored whole. */
  readonly changed: boolean;
}

/**
 * Brings an old state into the column order and the encoding of today. So a query whose columns are only written in another order, and
 * an agent with a newer encoding, log nothing.
 */
export function relayout(previous: StoredState, names: readonly string[]): Relayout {
  const same = sameColumns(previous.columns, names);
  if (same && previous.encoding === encodingVersion) return { state: previous, foreign: undefined, changed: false };
  if (previous.rowCount === 0)
    return { state: { ...previous, blocks: [], byteCount: 0 }, foreign: undefined, changed: true };
  const order = permutation(previous.columns, names);
  if (order === undefined) return { state: previous, foreign: [...rowsOfState(previous)], changed: true };
  return { state: encodeAnew(previous, names, order), foreign: undefined, changed: true };
}

function encodeAnew(previous: StoredState, names: readonly string[], order: readonly number[]): StoredState {
  const nullText = Buffer.from(previous.nullText);
  let byteCount = 0;
  const rows = [...rowsOfState(previous)].map(row => {
    const reader = new RowReader(row, previous.columns.length);
    reader.next(0);
    const bytes = canonicalRow(reader, order, nullText);
    byteCount += bytes.length;
    return { hash: rowHash(bytes, viewOf(bytes), 0, bytes.length, previous.seed), bytes };
  });
  const blocks = [packBlock(rows)];
  return { ...previous, encoding: encodingVersion, columns: names, bucketBits: 0, blocks, byteCount };
}
