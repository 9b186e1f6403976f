import { columnOptions } from '@outpost/protocol';
import type { TableSchema } from '@outpost/sdk';
import { arrayHead, viewOf } from '../results/encoding.ts';
import { DistinctValues, orderText } from './explain-scans-text.ts';
import { encodings } from './native.ts';
import { type ScanInput, type ScanRequest, scanInput } from './request.ts';
import { KeptStream } from './sources/row-cache.ts';
import type { BlockStream, Source } from './sources/source.ts';

/** The figures of scans. */
interface ScanFigures {
  calls: number;
  /** Rows in the blocks that came, read or not. */
  rows: number;
  bytes: number;
  /** Time spent in the table, milliseconds. */
  ms: number;
  /** Calls answered with rows kept from an earlier one. */
  cached: number;
}

/** What is told about the scans of one table that ask for the same columns under the same constraints, whatever their values. */
export interface ScanGroup extends ScanFigures {
  readonly table: string;
  readonly constraints: string;
  readonly columns: string;
}

/** How many groups are told apart; a statement that has more is nobody's to read. */
const groupLimit = 100;

class Group implements ScanFigures {
  calls = 0;
  rows = 0;
  bytes = 0;
  ms = 0;
  cached = 0;
  readonly #table: string;
  readonly #columns: string;
  readonly #order: string;
  readonly #terms: readonly { readonly column: string; readonly op: string; readonly values: DistinctValues }[];
  readonly #limit = new DistinctValues();

  constructor(table: string, columns: string, { constraints, orderBy }: Pick<ScanInput, 'constraints' | 'orderBy'>) {
    this.#table = table;
    this.#columns = columns;
    this.#order = orderText(orderBy);
    this.#terms = constraints.map(({ column, op }) => ({ column, op, values: new DistinctValues() }));
  }

  /** Notes the values of a further scan of the same shape. */
  note({ constraints, limit }: ScanInput): void {
    for (const [index, { values }] of constraints.entries()) this.#terms[index]?.values.add(values);
    if (limit !== undefined) this.#limit.add([limit]);
  }

  told(): ScanGroup {
    const { calls, rows, bytes, ms, cached } = this;
    const where = this.#terms.map(({ column, op, values }) => `${column} ${values.after(op)}`).join(' and ');
    const limit = this.#limit.after('limit');
    const constraints = [where, this.#order, limit === 'limit' ? '' : limit].filter(text => text !== '').join(' ');
    return { table: this.#table, constraints, columns: this.#columns, calls, rows, bytes, ms, cached };
  }
}

const shapeOf = ({ name }: TableSchema, { constraints, used, limit, orderBy }: ScanInput): string =>
  JSON.stringify([name, constraints.map(({ column, op }) => [column, op]), used, limit !== undefined, orderBy]);

/** Columns as a select list would have them: a star for all that it stands for. */
const columnsText = ({ columns }: TableSchema, used: readonly string[]): string => {
  const starred = columns.filter(({ foreign, options }) => !foreign && (options & columnOptions.hidden) === 0);
  const names = new Set(starred.map(({ name }) => name));
  const rest = used.filter(name => !names.has(name));
  const all = names.size > 1 && used.length - rest.length === names.size;
  return (all ? ['*', ...rest] : used).join(', ');
};

/** Takes note of the scans of a statement while it runs. */
export class ScanLog {
  readonly #groups = new Map<string, Group>();
  readonly #others = new Group('(other scans)', '', { constraints: [], orderBy: [] });

  /** Opens a scan, and watches it to its end. */
  watch(schema: TableSchema, encoding: Source['encoding'], request: ScanRequest, open: () => BlockStream): BlockStream {
    const group = this.#groupOf(schema, request);
    group.calls += 1;
    return new WatchedStream(group, encoding, open);
  }

  /** The scans so far, in the order in which each kind came first. */
  groups(): ScanGroup[] {
    const groups = [...this.#groups.values(), ...(this.#others.calls === 0 ? [] : [this.#others])];
    return groups.map(group => group.told());
  }

  #groupOf(schema: TableSchema, request: ScanRequest): Group {
    const input = scanInput(schema, request);
    const shape = shapeOf(schema, input);
    const known = this.#groups.get(shape);
    if (known === undefined && this.#groups.size >= groupLimit) return this.#others;
    const group = known ?? new Group(schema.name, columnsText(schema, input.used), input);
    this.#groups.set(shape, group);
    group.note(input);
    return group;
  }
}

/** How many rows a block says it has. */
const rowsIn = (block: Uint8Array, encoding: Source['encoding']): number =>
  // A Thrift list begins with the type of its members, and their number in four bytes.
  encoding === encodings.thrift ? viewOf(block).getInt32(1) : arrayHead(block, 0).count;

class WatchedStream implements BlockStream {
  readonly #group: Group;
  readonly #encoding: Source['encoding'];
  readonly #stream: BlockStream;

  constructor(group: Group, encoding: Source['encoding'], open: () => BlockStream) {
    this.#group = group;
    this.#encoding = encoding;
    this.#stream = this.#timed(open);
    if (this.#stream instanceof KeptStream) group.cached += 1;
  }

  get more(): boolean {
    return this.#stream.more;
  }

  get layout(): NonNullable<BlockStream['layout']> {
    return this.#stream.layout ?? [0, 0];
  }

  next(): Uint8Array | null {
    const block = this.#timed(() => this.#stream.next());
    if (block === null) return null;
    this.#group.rows += rowsIn(block, this.#encoding);
    this.#group.bytes += block.length;
    return block;
  }

  close(): void {
    this.#timed(() => this.#stream.close());
  }

  #timed<Result>(work: () => Result): Result {
    const began = performance.now();
    try {
      return work();
    } finally {
      this.#group.ms += performance.now() - began;
    }
  }
}
