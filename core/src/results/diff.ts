import { canonicalRow } from './canonical.ts';
import { distinctColumns, sameColumns } from './columns.ts';
import { arrayHead, blockOf, encodingVersion, malformed, viewOf } from './encoding.ts';
import { Matcher } from './matcher.ts';
import { type RowScan, rowHead, scanRow } from './normalise.ts';
import { sortRows } from './order.ts';
import { relayout } from './relayout.ts';
import { rowHash } from './row-hash.ts';
import { RowReader } from './row-reader.ts';
import { bucketBitsFor, bucketOf, outgrown, type StateChange, type StoredState } from './state.ts';
import { type HashedRow, packBlock } from './state-block.ts';

/** What a run of a differential query changed. It crosses threads as it is. */
export interface DiffResult {
  /** Rows that were not there before, in the order of the result: a block over {@link DiffResult.columns}. */
  readonly added: Uint8Array;
  readonly addedCount: number;
  /** Rows that are there no more, sorted: a block over {@link DiffResult.removedColumns}. */
  readonly removed: Uint8Array;
  readonly removedCount: number;
  /** Names of the columns of the rows, those that others of the same name hide left out. */
  readonly columns: readonly string[];
  /** The columns that the query had before. */
  readonly removedColumns: readonly string[];
  /** How many rows the query gave. */
  readonly rowCount: number;
  /** The size of the result as `osquery_schedule` counts it: names of columns and values of each row. */
  readonly outputSize: number;
  /** What is to be stored; undefined when nothing is. */
  readonly change: StateChange | undefined;
}

/**
 * The multiset difference between what a query gave before and what it gives now, on encoded rows: a row that did not change is
 * hashed and compared, and never decoded, copied or stored again. Pure and without I/O, so that it runs in the query thread.
 *
 * Rows are equal when each column has the same type and bytes: 1, 1.0 and "1" differ, NULL equals its text. The blocks are changed:
 * NULLs in them become empty texts.
 * @param previous the state of the last run
 * @param columns names of the columns of the result
 * @param blocks the result: MessagePack, see encoding.ts
 */
export function diffRows(previous: StoredState, columns: readonly string[], blocks: readonly Uint8Array[]): DiffResult {
  const order = distinctColumns(columns);
  const names = order.map(index => columns[index] ?? '');
  const { state, foreign, changed } = relayout(previous, names);
  const matcher = new Matcher(foreign ? [] : state.blocks);
  const run = new Run(columns, order, state, matcher);
  for (const block of blocks) run.add(block);
  const rest = matcher.rest();
  const removed = sortRows(foreign ? foreign : rest.map(row => row.bytes), foreign ? previous.columns : names);
  return {
    added: blockOf(run.added.map(row => row.bytes)),
    addedCount: run.added.length,
    removed: blockOf(removed),
    removedCount: removed.length,
    columns: names,
    removedColumns: foreign ? previous.columns : names,
    rowCount: run.rowCount,
    outputSize: run.valueSize + run.rowCount * Buffer.byteLength(names.join('')),
    change: changeOf({ state, names, matcher, run, rest, whole: changed || foreign !== undefined }),
  };
}

/** One pass over a result. */
class Run {
  readonly added: HashedRow[] = [];
  rowCount = 0;
  valueSize = 0;
  readonly #columns: number;
  readonly #order: readonly number[];
  readonly #state: StoredState;
  readonly #matcher: Matcher;
  readonly #reader: RowReader;
  readonly #nullText: Uint8Array;
  readonly #head: Uint8Array;
  readonly #scan: RowScan = { end: 0, odd: false, size: 0 };

  constructor(columns: readonly string[], order: readonly number[], state: StoredState, matcher: Matcher) {
    this.#columns = columns.length;
    this.#order = order;
    this.#state = state;
    this.#matcher = matcher;
    this.#reader = new RowReader(new Uint8Array(0), columns.length);
    this.#nullText = Buffer.from(state.nullText);
    this.#head = rowHead(columns.length);
  }

  add(block: Uint8Array): void {
    const { count, next } = arrayHead(block, 0);
    const view = viewOf(block);
    const { seed } = this.#state;
    const allOdd = this.#order.length !== this.#columns;
    let at = next;
    for (let row = 0; row < count; row++) {
      if (block[at] !== this.#head[0]) throw malformed(at, `a row of ${this.#columns} values is expected`);
      scanRow(block, view, at + this.#head.length, this.#columns, this.#state.nullText === '', this.#scan);
      const { end } = this.#scan;
      if (allOdd || this.#scan.odd) this.#addOdd(block, at);
      else {
        this.valueSize += this.#scan.size;
        const hash = rowHash(block, view, at, end, seed);
        if (!this.#matcher.take(hash, block, at, end)) this.added.push({ hash, bytes: block.subarray(at, end) });
      }
      at = end;
    }
    this.rowCount += count;
  }

  #addOdd(block: Uint8Array, at: number): void {
    this.#reader.open(block);
    this.#reader.next(at);
    const bytes = canonicalRow(this.#reader, this.#order, this.#nullText);
    scanRow(bytes, viewOf(bytes), rowHead(this.#order.length).length, this.#order.length, true, this.#scan);
    this.valueSize += this.#scan.size;
    const hash = rowHash(bytes, viewOf(bytes), 0, bytes.length, this.#state.seed);
    if (!this.#matcher.take(hash, bytes, 0, bytes.length)) this.added.push({ hash, bytes });
    this.#scan.end = this.#reader.end;
  }
}

interface Outcome {
  readonly state: StoredState;
  readonly names: readonly string[];
  readonly matcher: Matcher;
  readonly run: Run;
  readonly rest: readonly HashedRow[];
  /** Whether the stored blocks no longer are what was matched against. */
  readonly whole: boolean;
}

const bytesOf = (rows: readonly HashedRow[]): number => rows.reduce((sum, row) => sum + row.bytes.length, 0);

function changeOf(outcome: Outcome): StateChange | undefined {
  const { state, names, matcher, run, rest, whole } = outcome;
  const sameNames = sameColumns(state.columns, names);
  if (!whole && sameNames && rest.length === 0 && run.added.length === 0) return undefined;
  const kept = run.rowCount - run.added.length;
  const byteCount = (kept === 0 ? 0 : state.byteCount - bytesOf(rest)) + bytesOf(run.added);
  const head = { encoding: encodingVersion, columns: names, seed: state.seed, rowCount: run.rowCount, byteCount };
  if (!whole && !outgrown(state.bucketBits, byteCount)) {
    const { bucketBits } = state;
    const touched = group([...rest, ...run.added], bucketBits);
    const added = group(run.added, bucketBits);
    const replaced = [...touched.keys()].map(bucket => {
      const rows = [...matcher.keptIn(bucket), ...(added.get(bucket) ?? [])];
      return { bucket, block: rows.length === 0 ? undefined : packBlock(rows) };
    });
    return { ...head, bucketBits, whole: false, replaced };
  }
  const bucketBits = bucketBitsFor(byteCount);
  const buckets = group([...matcher.kept(), ...run.added], bucketBits);
  const replaced = [...buckets].map(([bucket, rows]) => ({ bucket, block: packBlock(rows) }));
  return { ...head, bucketBits, whole: true, replaced };
}

function group(rows: readonly HashedRow[], bucketBits: number): Map<number, HashedRow[]> {
  const buckets = new Map<number, HashedRow[]>();
  for (const row of rows) {
    const bucket = bucketOf(row.hash, bucketBits);
    const members = buckets.get(bucket);
    if (members === undefined) buckets.set(bucket, [row]);
    else members.push(row);
  }
  return buckets;
}
