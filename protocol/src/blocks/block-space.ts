/** The quick method behind Buffer.write; the typings leave it out. */
interface FastBuffer extends Buffer {
  utf8Write(text: string, offset: number, length: number): number;
}

/** A block is full from this many bytes on. */
export const blockBytes = 64 * 1024;
/** What a row may overrun a full block by before the buffer grows, and the least that is kept free behind {@link BlockSpace.limit}. */
const slack = 16 * 1024;
/** The most that a value takes whose size does not depend on it, its tag included. */
const fixedBytes = 9;
const headerRoom = 16;

/** Spaces between two scans; a join opens a cursor for each outer row. */
const spare: BlockSpace[] = [];
const spareLimit = 8;

/**
 * Where the rows of a block are written: a buffer that grows. Behind `limit` there is always room for the rest of a row but its
 * texts and bytes, so that only these look whether they fit; after growing, `buffer` and `view` are others.
 */
export class BlockSpace {
  buffer: FastBuffer;
  view: DataView;
  limit: number;
  readonly #margin: number;

  private constructor(margin: number) {
    this.#margin = margin;
    this.buffer = Buffer.allocUnsafeSlow(blockBytes + slack + margin) as FastBuffer;
    this.view = new DataView(this.buffer.buffer);
    this.limit = this.buffer.length - margin;
  }

  /** A space for rows of so many values. */
  static take(values: number): BlockSpace {
    const margin = values * fixedBytes + headerRoom;
    return margin > slack ? new BlockSpace(margin) : (spare.pop() ?? new BlockSpace(slack));
  }

  /** Gives the space back; it must not be used any more. */
  release(): void {
    const usual = this.buffer.length === blockBytes + 2 * slack;
    if (usual && spare.length < spareLimit && !spare.includes(this)) spare.push(this);
  }

  /** Makes room for so many bytes at `at`, and keeps what stands before. */
  reserve(at: number, bytes: number): void {
    if (at + bytes <= this.limit) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(at + bytes + this.#margin, this.buffer.length * 2)) as FastBuffer;
    this.buffer.copy(larger, 0, 0, at);
    this.buffer = larger;
    this.view = new DataView(larger.buffer);
    this.limit = larger.length - this.#margin;
  }
}
