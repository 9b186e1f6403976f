import { columnOptions, tableAttributes } from '@outpost/protocol';
import type { TableSchema } from '@outpost/sdk';
import { type NativeSchema, pushdowns } from '../native.ts';
import type { ScanRequest } from '../request.ts';
import { type KeptRows, KeptStream, type RecordedScan, type RowCache } from './row-cache.ts';
import { constrainedColumns, type ScanKeys, scanKeys, wholeKey, widened } from './row-cache-key.ts';
import type { Sessions } from './sessions.ts';
import type { BlockStream, Run, ScheduleTime, Source, WriteRequest } from './source.ts';
import type { TableCache } from './table-cache.ts';

/** What a connection keeps of tables. */
export interface Caches {
  /** Within a query. */
  readonly rows: RowCache;
  /** Between scheduled queries. */
  readonly tables: TableCache;
  /** Open connections to extensions. */
  readonly sessions: Sessions;
}

const { index, required, additional, optimized, hidden } = columnOptions;

/** By column: whether its options let a constraint on it change what the table gives, beyond leaving rows out. */
const tellingColumns = ({ columns }: NativeSchema): boolean[] =>
  columns.map(({ target, options }) => {
    const real = columns[target ?? -1]?.options ?? options;
    return (real & (index | required | additional | optimized | hidden)) !== 0;
  });

/** The columns that a whole row has, as a mask. Those of other platforms hold nothing. */
const wholeRow = ({ columns }: TableSchema): readonly [low: number, high: number] => {
  let [low, high] = [0, 0];
  for (const [at, { foreign }] of columns.entries()) {
    if (foreign) continue;
    if (at < 32) low |= 1 << at;
    else high |= 1 << (Math.min(at, 63) - 32);
  }
  return [low, high];
};

/**
 * A source that is not asked twice for the same within a query; and, in the schedule, not for a whole cacheable table while the rows of an
 * earlier query are fresh.
 */
export class CachedSource implements Source {
  readonly encoding: Source['encoding'];
  readonly #source: Source;
  readonly #native: NativeSchema;
  readonly #caches: Caches;
  readonly #telling: readonly boolean[];
  /** Columns on which a constraint can only leave rows out, whether the table heeds it or not. */
  readonly #plain: readonly boolean[];
  readonly #whole: readonly [low: number, high: number];
  readonly #cacheable: boolean;

  constructor(source: Source, native: NativeSchema, schema: TableSchema, caches: Caches) {
    const ours = native.pushdown === pushdowns.all;
    this.encoding = source.encoding;
    this.#source = source;
    this.#native = native;
    this.#caches = caches;
    this.#telling = tellingColumns(native);
    this.#plain = this.#telling.map((telling, column) => {
      const target = native.columns[column]?.target ?? column;
      return ours && !telling && !native.exact.includes(target);
    });
    this.#whole = wholeRow(schema);
    this.#cacheable = ours && (schema.attributes & tableAttributes.cacheable) !== 0;
  }

  open(request: ScanRequest, run: Run): BlockStream {
    const { rows } = this.#caches;
    const counters = rows.countersOf(this.#native.name);
    const keys = scanKeys(this.#native.table, request, this.#plain);
    const kept = keys === undefined ? undefined : this.#find(keys, request, run);
    if (kept !== undefined) {
      counters.hits += 1;
      return new KeptStream(kept);
    }
    counters.misses += 1;
    if (keys === undefined) return this.#source.open(request, run);
    if (run.schedule !== undefined && this.#shared(request)) return this.#fill(request, run, run.schedule);
    if (keys.full === keys.wide) return this.#ask(request, run, keys.full);
    if (rows.unheeded(keys.wide)) return this.#ask(widened(request, this.#plain), run, keys.wide);
    return this.#ask(request, run, keys.full, { wide: keys.wide });
  }

  write(request: WriteRequest, run: Run): bigint | undefined {
    try {
      return this.#source.write(request, run);
    } finally {
      // What is written to one table may show in another.
      this.#caches.rows.clear();
      this.#caches.tables.clear();
    }
  }

  #find({ full, wide }: ScanKeys, request: ScanRequest, { schedule }: Run): KeptRows | undefined {
    const { rows, tables } = this.#caches;
    const { usedLow, usedHigh } = request;
    const kept = rows.find(full, usedLow, usedHigh) ?? rows.find(wide, usedLow, usedHigh);
    if (kept !== undefined || schedule === undefined || !this.#shared(request)) return kept;
    return tables.find(this.#native.name, schedule);
  }

  /** Whether a scan is one that scheduled queries share: of every column, and without constraints that tell the table anything. */
  #shared({ constraints, usedLow, usedHigh, limit }: ScanRequest): boolean {
    const [low, high] = this.#whole;
    if (!this.#cacheable || (low & ~usedLow) !== 0 || (high & ~usedHigh) !== 0) return false;
    // To osquery a limit is a constraint on the first column.
    if (limit >= 0 && this.#telling[0] === true) return false;
    return constrainedColumns(constraints).every(column => this.#telling[column] !== true);
  }

  #fill(request: ScanRequest, run: Run, time: ScheduleTime): BlockStream {
    const { table, name } = this.#native;
    const all = { ...request, constraints: [], limit: -1, order: [] };
    return this.#ask(all, run, wholeKey(table), {
      onKept: kept => this.#caches.tables.keep(name, kept, time),
    });
  }

  #ask(request: ScanRequest, run: Run, key: string, extras?: Pick<RecordedScan, 'wide' | 'onKept'>): BlockStream {
    const { rows } = this.#caches;
    const { usedLow, usedHigh } = request;
    const counters = rows.countersOf(this.#native.name);
    return rows.record(this.#source.open(request, run), { key, usedLow, usedHigh, counters, ...extras });
  }
}
