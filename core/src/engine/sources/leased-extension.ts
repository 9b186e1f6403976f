import {
  type CallTerms,
  encodeCloseRows,
  encodeConstraints,
  encodeNextRows,
  encodeOpenRows,
  encodeTypedRow,
  encodeWrite,
  type LocatedPage,
  locatePage,
  OutpostError,
  type RowWrite,
  readWritten,
  rowIdColumn,
  type Scan,
  usualPageBytes,
} from '@outpost/protocol';
import type { TableSchema } from '@outpost/sdk';
import type { Placement } from '../catalog.ts';
import { encodings } from '../native.ts';
import { realNames, type ScanRequest, typedConstraints } from '../request.ts';
import { usedColumns } from '../used-columns.ts';
import { checkFitting, withReals } from './fitting.ts';
import type { LeasedSocket, SentCall, Sessions } from './sessions.ts';
import { type BlockStream, type Run, type Source, sqlFailure, sqliteCodes, type WriteRequest } from './source.ts';

/** A table of an extension that holds a lease. */
export type LeasedPlacement = Extract<Placement, { kind: 'extension' }> & {
  readonly lease: NonNullable<Extract<Placement, { kind: 'extension' }>['lease']>;
};

/** Pages after the first one are larger: whoever reads on reads much. */
const furtherPageBytes = 256 * 1024;

/** How a call that the extension could not do ends a statement. */
const outcomeFailure = (error: unknown, table: string): Error => {
  if (!(error instanceof OutpostError)) return error as Error;
  switch (error.code) {
    case 'ROW_READONLY':
      return sqlFailure(`table ${table} may not be modified`, sqliteCodes.readonly);
    case 'ROW_CONSTRAINT':
      return sqlFailure('constraint failed', sqliteCodes.constraint);
    case 'CALL_CANCELLED':
      return sqlFailure('interrupted', sqliteCodes.interrupt);
    default:
      return sqlFailure(error.message, sqliteCodes.error);
  }
};

/** What the scans of one table have in common. */
interface Shared {
  readonly table: string;
  readonly to: LeasedSocket;
  readonly sessions: Sessions;
  /** `--thrift_timeout` */
  readonly timeoutMs: number;
  readonly warn: (message: string) => void;
}

/**
 * The rows of a scan, page by page. From the second page on the next one is asked for while SQLite uses the one before: then the extension
 * makes rows while we read some.
 */
class PageStream implements BlockStream {
  readonly #shared: Shared;
  readonly #run: Run;
  readonly #session: SentCall['session'];
  #page: LocatedPage;
  #reply: Uint8Array;
  #fresh = true;
  #ahead: SentCall | undefined;

  constructor(shared: Shared, scan: Scan, run: Run) {
    const { sessions, to, timeoutMs } = shared;
    const encode = (terms: CallTerms): Uint8Array => encodeOpenRows(scan, usualPageBytes, terms);
    const { session, reply } = sessions.call(to, timeoutMs, encode, run);
    this.#shared = shared;
    this.#run = run;
    this.#session = session;
    this.#reply = reply;
    this.#page = this.#located();
  }

  get more(): boolean {
    return this.#fresh || this.#page.more;
  }

  next(): Uint8Array | null {
    for (;;) {
      if (this.#fresh) this.#fresh = false;
      else if (this.#page.more) this.#turn();
      else return null;
      const { offset, length } = this.#page.rows;
      if (length > 0) return this.#reply.subarray(offset, offset + length);
    }
  }

  close(): void {
    if (!this.#page.more) return;
    if (this.#ahead !== undefined) this.#session.forget(this.#ahead.id);
    this.#session.tell(encodeCloseRows(this.#page.cursor));
    this.#page = { ...this.#page, more: false };
  }

  /** Goes on to the next page. */
  #turn(): void {
    const { sessions, to } = this.#shared;
    const call = this.#ahead ?? this.#ask();
    this.#ahead = undefined;
    this.#page = { ...this.#page, more: false }; // a page that fails ends its cursor
    this.#reply = sessions.receive(to, call, this.#run);
    this.#page = this.#located();
    if (this.#page.more) this.#ahead = this.#ask();
  }

  /** Over the session that the cursor belongs to, whatever became of it. */
  #ask(): SentCall {
    const { sessions, to } = this.#shared;
    const { cursor } = this.#page;
    const encode = (terms: CallTerms): Uint8Array => encodeNextRows(cursor, furtherPageBytes, terms);
    return sessions.sendOver(to, this.#session, encode, this.#run);
  }

  #located(): LocatedPage {
    try {
      const page = locatePage(this.#reply);
      for (const warning of page.warnings) this.#shared.warn(warning);
      return page;
    } catch (error) {
      throw outcomeFailure(error, this.#shared.table);
    }
  }
}

/** A table of an extension that speaks version 2: typed rows, in pages, over a connection that stays open. */
export class LeasedExtensionSource implements Source {
  readonly encoding = encodings.messagepack;
  readonly #schema: TableSchema;
  readonly #writable: boolean;
  readonly #shared: Shared;

  /** @param timeoutMs `--thrift_timeout` */
  constructor(
    schema: TableSchema,
    { socketPath, peerUids, lease }: LeasedPlacement,
    timeoutMs: number,
    sessions: Sessions,
    warn: (message: string) => void,
  ) {
    const { generation, writable } = lease;
    this.#schema = schema;
    this.#writable = writable.includes(schema.name);
    const to = { socketPath, generation, ...(peerUids !== undefined && { peerUids }) };
    this.#shared = { table: schema.name, to, sessions, timeoutMs, warn };
  }

  open(request: ScanRequest, run: Run): BlockStream {
    const names = realNames(this.#schema);
    const used = usedColumns(request.usedLow, request.usedHigh, names.length).map(column => names[column] ?? '');
    const scan: Scan = {
      table: this.#schema.name,
      columns: this.#writable ? [...used, rowIdColumn] : used,
      constraints: encodeConstraints(typedConstraints(this.#schema, request)),
      limit: Math.max(0, request.limit),
      order: request.order.map(term => ({ column: names[term < 0 ? ~term : term] ?? '', descending: term < 0 })),
    };
    return new PageStream(this.#shared, scan, run);
  }

  write(request: WriteRequest, run: Run): bigint | undefined {
    const { sessions, to, timeoutMs, table } = this.#shared;
    const values = withReals(this.#schema, request.values);
    if (request.kind !== 3) checkFitting(this.#schema, values, () => true);
    const row = this.#rowOf({ ...request, values });
    // Not made twice: where the connection ends after it was sent, nobody knows whether it was done.
    const call = sessions.send(to, timeoutMs, terms => encodeWrite(row, terms), run);
    const reply = sessions.receive(to, call, run);
    try {
      const rowId = readWritten(reply);
      return request.kind === 1 ? BigInt(rowId) : undefined;
    } catch (error) {
      throw outcomeFailure(error, table);
    }
  }

  #rowOf({ kind, rowid, newRowid, values }: WriteRequest): RowWrite {
    const row = kind === 3 ? new Uint8Array() : encodeTypedRow(values.slice(0, this.#schema.columns.length));
    return {
      table: this.#schema.name,
      kind,
      rowId: (kind === 1 ? newRowid : rowid) ?? undefined,
      newRowId: newRowid ?? rowid ?? 0n,
      values: row,
    };
  }
}
