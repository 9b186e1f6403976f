/**
 * What the store stands on: an ordered map of bytes. Writes of one call are atomic. Arrays handed in or out belong to the receiver
 * and are not changed afterwards by either side.
 */
export interface Backend {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** Applies all changes or none; with `sync`, these and all earlier ones are on the disk when it returns. */
  write(changes: readonly Change[], sync: boolean): Promise<void>;
  entries(range: Range): Promise<[key: Uint8Array, value: Uint8Array][]>;
  close(): Promise<void>;
}

/** One change of a batch. */
export type Change =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array };

/** A run of keys. */
export interface Range {
  readonly from: Uint8Array;
  /** Whether `from` itself is left out. */
  readonly exclusive: boolean;
  /** The first key that does not belong. */
  readonly to: Uint8Array;
  readonly limit: number;
  /** Whether values are wanted; without them they come as empty arrays. */
  readonly values: boolean;
}

/** An empty value. */
export const noBytes = new Uint8Array(0);
