import {
  decodeRows,
  encodeCall,
  type LocatedResponse,
  locateResponse,
  type OutpostError,
  type PluginRequest,
  type PluginRow,
} from '@outpost/protocol';
import { encodeContext, encodeValueArray, type TableSchema } from '@outpost/sdk';
import type { Placement } from '../catalog.ts';
import { encodings, type TransactError, transact } from '../native.ts';
import { type ScanRequest, wireScan } from '../request.ts';
import { exchangeFailure } from './exchange-failure.ts';
import { checkFitting, osqueryTakesNull } from './fitting.ts';
import {
  type BlockStream,
  type Run,
  remainingMs,
  type Source,
  sqlFailure,
  sqliteCodes,
  type WriteRequest,
} from './source.ts';

type ExtensionPlacement = Extract<Placement, { kind: 'extension' }>;

/** The main thread ends a query at its deadline, by the cancel word; an exchange must not end by itself just before that. */
const deadlineSlackMs = 1_000;

const noConstraints = '{"constraints":[]}';

/** Where the rows of a reply lie. @throws an error in osquery's words when it is no reply */
const located = (reply: Uint8Array): LocatedResponse => {
  try {
    return locateResponse(reply);
  } catch (error) {
    const { code, message } = error as OutpostError;
    throw code === 'EXTENSION_CALL_FAILED' ? error : sqlFailure(`Extension call failed: ${message}`, sqliteCodes.error);
  }
};

class OneBlock implements BlockStream {
  readonly more = false;
  #block: Uint8Array | null;

  constructor(block: Uint8Array | null) {
    this.#block = block;
  }

  next(): Uint8Array | null {
    const block = this.#block;
    this.#block = null;
    return block;
  }

  close(): void {
    this.#block = null;
  }
}

/** A table of an extension: every scan is one `call` over a connection of its own, and the rows go to SQLite as they came. */
export class ExtensionSource implements Source {
  readonly encoding = encodings.thrift;
  readonly #schema: TableSchema;
  readonly #placement: ExtensionPlacement;
  readonly #timeoutMs: number;
  readonly #defaultIndex: boolean;

  /** @param timeoutMs `--thrift_timeout` */
  constructor(schema: TableSchema, placement: ExtensionPlacement, timeoutMs: number, defaultIndex: boolean) {
    this.#schema = schema;
    this.#placement = placement;
    this.#timeoutMs = timeoutMs;
    this.#defaultIndex = defaultIndex;
  }

  open(request: ScanRequest, run: Run): BlockStream {
    const { constraints, used } = wireScan(this.#schema, request);
    const context = encodeContext(this.#schema, constraints, used);
    const reply = this.#exchange({ action: 'generate', context }, run);
    const { status, rows } = located(reply);
    if (status.code !== 0)
      throw sqlFailure(
        status.message || `The extension answered with code ${status.code} and no word.`,
        sqliteCodes.error,
      );
    return new OneBlock(rows === undefined ? null : reply.subarray(rows.offset, rows.offset + rows.length));
  }

  write(request: WriteRequest, run: Run): bigint | undefined {
    const reply = this.#exchange({ ...this.#written(request), context: noConstraints }, run);
    const { rows } = located(reply);
    const answers = rows === undefined ? [] : decodeRows(reply.subarray(rows.offset, rows.offset + rows.length));
    return this.#outcome(request, answers);
  }

  #exchange(request: PluginRequest, run: Run): Buffer {
    const { socketPath, peerUids } = this.#placement;
    const message = encodeCall('table', this.#schema.name, request);
    const timeoutMs = Math.min(this.#timeoutMs, remainingMs(run) + deadlineSlackMs);
    try {
      return transact(socketPath, message, timeoutMs, run.cancel, peerUids === undefined ? {} : { peerUids });
    } catch (error) {
      throw exchangeFailure(error as TransactError, socketPath);
    }
  }

  #written({ kind, rowid, newRowid, values }: WriteRequest): PluginRequest {
    if (kind === 3) return { action: 'delete', id: String(rowid) };
    checkFitting(this.#schema, values, osqueryTakesNull(this.#defaultIndex));
    const row = { json_value_array: encodeValueArray(values) };
    if (kind === 1)
      return {
        action: 'insert',
        auto_rowid: String(newRowid !== null),
        ...(newRowid !== null && { id: String(newRowid) }),
        ...row,
      };
    return { action: 'update', id: String(rowid), ...(newRowid !== rowid && { new_id: String(newRowid) }), ...row };
  }

  #outcome({ kind }: WriteRequest, answers: readonly PluginRow[]): bigint | undefined {
    const [answer] = answers;
    if (answers.length !== 1 || answer === undefined) throw sqlFailure('SQL logic error', sqliteCodes.error);
    switch (answer.status) {
      case 'success':
        if (kind !== 1) return undefined;
        if (/^-?\d+$/.test(answer.id ?? '')) return BigInt(answer.id ?? 0);
        throw sqlFailure('SQL logic error', sqliteCodes.error);
      case 'readonly':
        throw sqlFailure(`table ${this.#schema.name} may not be modified`, sqliteCodes.readonly);
      case 'constraint':
        throw sqlFailure('constraint failed', sqliteCodes.constraint);
      case 'failure':
        throw sqlFailure(answer.message || 'SQL logic error', sqliteCodes.error);
      default:
        throw sqlFailure('SQL logic error', sqliteCodes.error);
    }
  }
}
