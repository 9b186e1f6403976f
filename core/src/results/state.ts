import { encodingVersion } from './encoding.ts';
import { openBlock, rowOfBlock } from './state-block.ts';

/** How large a block of a state should be; see {@link bucketBitsFor}. */
const blockBytes = 64 * 1024;
const mostBucketBits = 16;

/**
 * What a query's rows were at its last change: a multiset of encoded rows, spread over blocks by the first bits of their hashes. It
 * crosses threads as it is.
 */
export interface StoredState {
  /** The encoding of its rows: see {@link encodingVersion}. */
  readonly encoding: number;
  /** Names of the columns, in the order of the values of a row. */
  readonly columns: readonly string[];
  readonly seed: number;
  /** There are two to the power of this many blocks. */
  readonly bucketBits: number;
  /** Missing ones are empty. */
  readonly blocks: readonly (Uint8Array | undefined)[];
  readonly rowCount: number;
  readonly byteCount: number;
  /** The text that stands for NULL in rows to come: `--nullvalue`. */
  readonly nullText: string;
}

/** What has to be written so that the old state becomes the new one. */
export interface StateChange {
  readonly encoding: number;
  readonly columns: readonly string[];
  readonly seed: number;
  readonly bucketBits: number;
  readonly rowCount: number;
  readonly byteCount: number;
  /** Whether all blocks are replaced, those that are not named too. */
  readonly whole: boolean;
  /** The blocks that differ; without bytes, one that is now empty. */
  readonly replaced: readonly { readonly bucket: number; readonly block: Uint8Array | undefined }[];
}

/** The state before the first run of a query. */
export const emptyState = (seed: number, nullText = ''): StoredState => ({
  encoding: encodingVersion,
  columns: [],
  seed,
  bucketBits: 0,
  blocks: [],
  rowCount: 0,
  byteCount: 0,
  nullText,
});

/** The block that a row belongs to. */
export const bucketOf = (hash: number, bucketBits: number): number =>
  bucketBits === 0 ? 0 : hash >>> (32 - bucketBits);

/** How many bits of the hash choose the block of a row, so that blocks are of about 64 KiB. */
export const bucketBitsFor = (byteCount: number): number =>
  Math.min(mostBucketBits, Math.max(0, Math.ceil(Math.log2(byteCount / blockBytes))));

/** Whether blocks have become so large or so small that all are worth writing anew. */
export function outgrown(bucketBits: number, byteCount: number): boolean {
  const each = byteCount / 2 ** bucketBits;
  if (each > blockBytes * 2) return bucketBits < mostBucketBits;
  return bucketBits > 0 && each < blockBytes / 4;
}

/** The state after a change. */
export function applyChange(state: StoredState, change: StateChange): StoredState {
  const blocks: (Uint8Array | undefined)[] = change.whole ? [] : [...state.blocks];
  for (const { bucket, block } of change.replaced) blocks[bucket] = block;
  const { encoding, columns, seed, bucketBits, rowCount, byteCount } = change;
  return { encoding, columns, seed, bucketBits, blocks, rowCount, byteCount, nullText: state.nullText };
}

/** All rows of a state, encoded, in no particular order. */
export function* rowsOfState(state: StoredState): Generator<Uint8Array> {
  for (const bytes of state.blocks) {
    if (bytes === undefined) continue;
    const block = openBlock(bytes);
    for (let index = 0; index < block.count; index++) yield rowOfBlock(block, index);
  }
}
