import { BlockSpace, blockBytes } from './block-space.ts';
import { layoutOf, type RowLayout, type WriterColumn, type WriterRow } from './row-layout.ts';

/** A block of the usual size is full from this many rows on; a larger one from as many more. */
const blockRows = 1024;
/** A layout that so many rows of one block were written in is worth compiling. */
const longScanRows = 256;
const headerBytes = 5;

/**
 * Writes rows of a table into MessagePack blocks as the native module reads them: an array of arrays, only the used columns.
 *
 * Values by type of the column: TEXT and BLOB take strings (UTF-8) and bytes as they are, and the text of anything else; integer
 * types take numbers (cut to an integer), bigints and booleans; DOUBLE writes every number as a real. NaN, infinities in integer
 * columns and integers beyond 64 bits are NULL; a string in a column of numbers is read as osquery reads it. `null` is NULL; a key
 * that a row does not have is, as in osquery, the empty string in TEXT and BLOB columns and NULL in all others.
 */
export class BlockWriter {
  /** Rows in the block so far. */
  rows = 0;
  readonly #layout: RowLayout;
  readonly #space: BlockSpace;
  readonly #fullBytes: number;
  readonly #fullRows: number;
  #position = headerBytes;

  /**
   * @param columns all columns of the table; the same array for each scan, since what is made for writing them is kept with it
   * @param used numbers of the columns to write, ascending
   * @param rowIdKey for a writable table: the key of the row under which its row id stands
   * @param fullBytes the block is full from this many bytes on
   */
  constructor(columns: readonly WriterColumn[], used: readonly number[], rowIdKey?: string, fullBytes = blockBytes) {
    this.#fullBytes = fullBytes;
    this.#fullRows = Math.max(1, Math.ceil((blockRows * fullBytes) / blockBytes));
    this.#layout = layoutOf(columns, used, rowIdKey);
    this.#space = BlockSpace.take(this.#layout.size);
  }

  /** Whether the block should be taken now. */
  get full(): boolean {
    return this.rows >= this.#fullRows || this.#position >= this.#fullBytes;
  }

  /** Adds a row. Returns whether the block has room for more. */
  add(row: WriterRow): boolean {
    const space = this.#space;
    if (this.#position > space.limit) space.reserve(this.#position, 0);
    this.#position = this.#layout.write(space, this.#position, row);
    this.rows++;
    return this.rows < this.#fullRows && this.#position < this.#fullBytes;
  }

  /** The block with the rows added since the last; valid until the next row is added. */
  take(): Uint8Array {
    const { buffer, view } = this.#space;
    buffer[0] = 0xdd;
    view.setUint32(1, this.rows);
    const block = buffer.subarray(0, this.#position);
    if (this.rows >= longScanRows) this.#layout.compile();
    this.rows = 0;
    this.#position = headerBytes;
    return block;
  }

  /** Gives the buffer back. The writer and its last block must not be used any more. */
  release(): void {
    this.#space.release();
  }
}
