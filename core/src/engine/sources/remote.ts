import type { TableSchema, TableSettings } from '@outpost/sdk';
import type { BlockingExchange } from '../exchange.ts';
import { encodings } from '../native.ts';
import { realNames, type ScanInput, type ScanRequest, scanInput } from '../request.ts';
import { usedColumns } from '../used-columns.ts';
import type { BlockStream, Run, Source, WriteRequest } from './source.ts';

let cursors = 0;

class RemoteStream implements BlockStream {
  more = false;
  readonly #exchange: BlockingExchange;
  readonly #cursor: number;
  readonly #run: Run;
  #waiting: Uint8Array | null = null;
  #opened = false;

  constructor(exchange: BlockingExchange, cursor: number, run: Run) {
    this.#exchange = exchange;
    this.#cursor = cursor;
    this.#run = run;
  }

  open(question: Parameters<BlockingExchange['ask']>[0]): this {
    this.more = true;
    this.#waiting = this.#ask(question);
    this.#opened = true;
    return this;
  }

  next(): Uint8Array | null {
    if (!this.#opened) return this.more ? this.#ask({ type: 'next', cursor: this.#cursor }) : null;
    this.#opened = false;
    const block = this.#waiting;
    this.#waiting = null;
    return block;
  }

  close(): void {
    if (this.more) this.#exchange.tell({ type: 'close', cursor: this.#cursor });
  }

  #ask(question: Parameters<BlockingExchange['ask']>[0]): Uint8Array | null {
    const answer = this.#exchange.ask(question, this.#run);
    if (answer.type !== 'block') return null;
    this.more = answer.more;
    return answer.block;
  }
}

/** Where the definition is, when a module holds it, and what it is told. */
interface Told {
  readonly module?: string;
  readonly settings?: TableSettings;
}

/** A table whose definition lives in a thread with an event loop: asynchronous ones in the plugin host, the agent's own on the main thread. */
export class RemoteSource implements Source {
  readonly encoding = encodings.messagepack;
  readonly #exchange: BlockingExchange;
  readonly #schema: TableSchema;
  readonly #told: Told;

  constructor(exchange: BlockingExchange, schema: TableSchema, told: Told = {}) {
    this.#exchange = exchange;
    this.#schema = schema;
    this.#told = told;
  }

  open(request: ScanRequest, run: Run): BlockStream {
    const cursor = ++cursors;
    const columns = usedColumns(request.usedLow, request.usedHigh, realNames(this.#schema).length);
    const stream = new RemoteStream(this.#exchange, cursor, run);
    try {
      return stream.open({ type: 'open', cursor, input: this.#input(request), columns, ...this.#place() });
    } catch (error) {
      this.#exchange.tell({ type: 'close', cursor });
      throw error;
    }
  }

  write(request: WriteRequest, run: Run): bigint | undefined {
    const answer = this.#exchange.ask({ type: 'write', request, ...this.#place() }, run);
    return answer.type === 'done' ? answer.rowid : undefined;
  }

  #input(request: ScanRequest): ScanInput {
    const input = scanInput(this.#schema, request);
    const { settings } = this.#told;
    return settings === undefined ? input : { ...input, settings };
  }

  #place(): { table: string; module?: string } {
    const table = this.#schema.name;
    const { module } = this.#told;
    return module === undefined ? { table } : { table, module };
  }
}
