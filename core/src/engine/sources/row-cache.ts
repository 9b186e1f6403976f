import type { BlockStream } from './source.ts';

/** All rows of one scan. */
export interface KeptRows {
  readonly key: string;
  /** Set for a scan with constraints that can only narrow the rows: the key without these. */
  readonly wide?: string;
  /** The columns that the blocks have, as a mask: see TableCallbacks.open of the native module. */
  readonly usedLow: number;
  readonly usedHigh: number;
  readonly blocks: readonly Uint8Array[];
  readonly bytes: number;
}

/** What became of the scans of a table in one query. */
export interface CacheCounters {
  /** Scans answered with rows kept from an earlier one. */
  hits: number;
  /** Scans that the table was asked for. */
  misses: number;
  /** Scans among these whose rows were not kept, since there are too many. */
  refused: number;
}

/** A scan whose rows are to be kept. */
export interface RecordedScan extends Omit<KeptRows, 'blocks' | 'bytes'> {
  /** Those of its table. */
  readonly counters: CacheCounters;
  /** Told of the rows when they are complete and there was room for them. */
  readonly onKept?: (kept: KeptRows) => void;
}

/** What the rows of one query may take up, bytes. */
const defaultLimit = 32 * 1024 * 1024;
/** About what an entry costs beside its rows, bytes. */
const entryBytes = 512;
/** About what a block costs beside its bytes. */
const blockBytes = 128;
/** Of how many kinds of scan the last rows are remembered, to see whether a table heeds constraints. */
const sampleLimit = 1_000;

const covers = (kept: KeptRows, usedLow: number, usedHigh: number): boolean =>
  (usedLow & ~kept.usedLow) === 0 && (usedHigh & ~kept.usedHigh) === 0;

const sameBlocks = (left: KeptRows, right: KeptRows): boolean =>
  left.blocks.length > 0 &&
  left.blocks.length === right.blocks.length &&
  left.blocks.every((block, index) => Buffer.compare(block, right.blocks[index] ?? block) === 0);

/**
 * The rows of scans, kept while one query runs, so that a table that is visited again and again is asked once. It holds no more than so
 * many bytes: the oldest rows go first, and the rows of a scan that would fill half of the room are not kept.
 */
export class RowCache {
  readonly #limit: number;
  readonly #entries = new Map<string, KeptRows[]>();
  /** Oldest first. */
  readonly #age = new Set<KeptRows>();
  readonly #counters = new Map<string, CacheCounters>();
  /** By key without narrowing constraints: the rows of the last scan, or that the table does not heed such constraints. */
  readonly #samples = new Map<string, KeptRows | 'unheeded'>();
  /** Bytes of rows kept, and of rows of scans under way. */
  #bytes = 0;
  #generation = 0;

  /** @param limit in bytes */
  constructor(limit = defaultLimit) {
    this.#limit = limit;
  }

  /** What became of scans since the last {@link reset}, by table. */
  get counters(): ReadonlyMap<string, Readonly<CacheCounters>> {
    return this.#counters;
  }

  /** Bytes that rows take up. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The counters of a table, to be added to. */
  countersOf(table: string): CacheCounters {
    const known = this.#counters.get(table);
    if (known !== undefined) return known;
    const fresh = { hits: 0, misses: 0, refused: 0 };
    this.#counters.set(table, fresh);
    return fresh;
  }

  /** Forgets all rows, also those of scans under way: a query ends, or a table is written to. */
  clear(): void {
    this.#generation += 1;
    this.#entries.clear();
    this.#age.clear();
    this.#samples.clear();
    this.#bytes = 0;
  }

  /** Forgets rows and counters: a query begins. */
  reset(): void {
    this.clear();
    this.#counters.clear();
  }

  /** Rows kept under a key that have at least these columns. */
  find(key: string, usedLow: number, usedHigh: number): KeptRows | undefined {
    return this.#entries.get(key)?.find(kept => covers(kept, usedLow, usedHigh));
  }

  /** Whether two scans that differ in nothing but narrowing constraints gave the same rows. */
  unheeded(wide: string): boolean {
    return this.#samples.get(wide) === 'unheeded';
  }

  /** Makes a stream that keeps what goes through it, once it has ended. */
  record(stream: BlockStream, scan: RecordedScan): BlockStream {
    return new RecordingStream(this, stream, scan);
  }

  /** Which rows count as those of now: a scan that began in an earlier generation is not kept. */
  get generation(): number {
    return this.#generation;
  }

  /** Takes up room for a scan under way, in the place of older rows where it must. @param total with what the scan has already */
  reserve(bytes: number, total: number): boolean {
    if (total > this.#limit / 2) return false;
    for (const oldest of this.#age) {
      if (this.#bytes + bytes <= this.#limit) break;
      this.#drop(oldest);
    }
    if (this.#bytes + bytes > this.#limit) return false;
    this.#bytes += bytes;
    return true;
  }

  /** Gives room back. */
  release(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Keeps the rows of a scan, for which room was reserved. */
  keep(kept: KeptRows): void {
    const others = this.#entries.get(kept.key);
    if (others === undefined) this.#entries.set(kept.key, [kept]);
    else others.push(kept);
    this.#age.add(kept);
    if (kept.wide !== undefined) this.#sample(kept.wide, kept);
  }

  /** Compares the rows of a scan with those of the one before that differed in nothing but narrowing constraints. */
  #sample(wide: string, kept: KeptRows): void {
    const last = this.#samples.get(wide);
    if (last === 'unheeded' || (last === undefined && this.#samples.size >= sampleLimit)) return;
    const same = last !== undefined && last.key !== kept.key && sameBlocks(last, kept);
    this.#samples.set(wide, same ? 'unheeded' : kept);
  }

  #drop(kept: KeptRows): void {
    this.#age.delete(kept);
    if (kept.wide !== undefined && this.#samples.get(kept.wide) === kept) this.#samples.delete(kept.wide);
    this.#bytes -= kept.bytes;
    const others = (this.#entries.get(kept.key) ?? []).filter(other => other !== kept);
    if (others.length === 0) this.#entries.delete(kept.key);
    else this.#entries.set(kept.key, others);
  }
}

/** Passes blocks on and keeps copies, since a source may fill the same buffer again. */
class RecordingStream implements BlockStream {
  readonly #cache: RowCache;
  readonly #generation: number;
  readonly #stream: BlockStream;
  readonly #scan: RecordedScan;
  /** Undefined when they are kept, or will not be. */
  #blocks: Uint8Array[] | undefined = [];
  #bytes = 0;

  constructor(cache: RowCache, stream: BlockStream, scan: RecordedScan) {
    this.#cache = cache;
    this.#generation = cache.generation;
    this.#stream = stream;
    this.#scan = scan;
    this.#reserve(entryBytes + 2 * scan.key.length);
  }

  get more(): boolean {
    return this.#stream.more;
  }

  next(): Uint8Array | null {
    const block = this.#stream.next();
    if (this.#blocks === undefined) return block;
    if (block !== null && this.#reserve(block.length + blockBytes)) this.#blocks.push(new Uint8Array(block));
    if (block === null || !this.#stream.more) this.#complete();
    return block;
  }

  close(): void {
    this.#giveUp();
    this.#stream.close();
  }

  #reserve(bytes: number): boolean {
    if (this.#cache.generation !== this.#generation) {
      this.#blocks = undefined;
    } else if (this.#cache.reserve(bytes, this.#bytes + bytes)) {
      this.#bytes += bytes;
      return true;
    } else {
      this.#giveUp();
      this.#scan.counters.refused += 1;
    }
    return false;
  }

  #complete(): void {
    const blocks = this.#blocks;
    this.#blocks = undefined;
    if (blocks === undefined || this.#cache.generation !== this.#generation) return;
    const { counters: _, onKept, ...scan } = this.#scan;
    const kept = { ...scan, blocks, bytes: this.#bytes };
    this.#cache.keep(kept);
    onKept?.(kept);
  }

  #giveUp(): void {
    if (this.#blocks === undefined) return;
    this.#blocks = undefined;
    if (this.#cache.generation === this.#generation) this.#cache.release(this.#bytes);
  }
}

/** The rows of an earlier scan, once more. */
export class KeptStream implements BlockStream {
  readonly layout: readonly [usedLow: number, usedHigh: number];
  readonly #blocks: readonly Uint8Array[];
  #next = 0;

  constructor({ blocks, usedLow, usedHigh }: KeptRows) {
    this.#blocks = blocks;
    this.layout = [usedLow, usedHigh];
  }

  get more(): boolean {
    return this.#next < this.#blocks.length;
  }

  next(): Uint8Array | null {
    return this.#blocks[this.#next++] ?? null;
  }

  close(): void {
    this.#next = this.#blocks.length;
  }
}
