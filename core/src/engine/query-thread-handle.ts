import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { startThread } from '../runtime/threads.ts';
import { type AskedTable, askedTable, askedWord, askNothing } from './asked-table.ts';
import { bounded, graceMs, terminateMs } from './bounded.ts';
import type { CatalogChange } from './catalog.ts';
import type { EngineSettings } from './connection.ts';
import { answerExchange, type ExchangeEnd } from './exchange.ts';
import type { Failure, FromThread, NumberedTable, Outcome, QueryMessage, ThreadData, ToThread } from './messages.ts';
import type { Handle } from './native.ts';
import type { TableServer } from './table-server.ts';
import { leaveRemovedDirectory } from './working-directory.ts';

/** When the native module is loaded here, milliseconds after a thread was started: an interrupt must not wait for it, nor the first answer. */
const loadNativeMs = 250;

/** What a thread is started with. */
export interface ThreadOptions {
  readonly settings: EngineSettings;
  /** All that the catalog has now. */
  readonly tables: () => CatalogChange;
  /** Whether what a statement leaves in the connection, such as a table, is there for later queries. */
  readonly keepsChanges: boolean;
  /** Answers the thread's questions about tables of the main thread. */
  readonly server: Pick<TableServer, 'answer' | 'close'>;
  /** Hands the other end of an exchange to the plugin host; called when the thread first needs it. */
  readonly connectHost: (end: ExchangeEnd) => void;
  readonly onWarning: (table: string, message: string) => void;
  readonly onDenial: (line: string) => void;
  /** Called when a thread could not be ended: it hangs in a system call and takes its memory with it. */
  readonly onAbandoned: () => void;
}

/** How a query ended in its thread. */
export type Ending =
  | { readonly kind: 'done'; readonly outcome: Outcome }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly denial: string | null }
  /** The thread is gone, and why. */
  | { readonly kind: 'lost'; readonly reason: string };

const loadNative = (): Promise<typeof import('./native.ts')> => import('./native.ts');

const exchange = (): readonly [asking: ExchangeEnd, answering: ExchangeEnd] => {
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  return [
    { port: port1, signal },
    { port: port2, signal },
  ];
};

/** The main thread's side of one query thread. It runs one query at a time. */
export class QueryThread {
  /** Whether it can take further queries. */
  alive = true;
  readonly #worker: Worker;
  readonly #options: ThreadOptions;
  readonly #answers: MessagePort;
  #handle: Handle | undefined;
  #run = 0;
  #ending: ((ending: Ending) => void) | undefined;
  readonly #hostAnswers: ExchangeEnd;
  readonly #asked = askedWord();
  readonly #tables: NumberedTable[] = [];
  /** The run that was given up last. */
  #givenUp = 0;
  /** Why we ended the thread, if we did. */
  #reason: string | undefined;
  /** How many queries wait for the running one, each for an extension that asked the next. */
  depth = 0;
  /** Whether the thread has tables in the plugin host. */
  usesHost = false;

  constructor(options: ThreadOptions) {
    this.#options = options;
    const [main, mainAnswers] = exchange();
    const [host, hostAnswers] = exchange();
    this.#answers = mainAnswers.port;
    answerExchange(mainAnswers, options.server.answer);
    mainAnswers.port.unref();
    this.#hostAnswers = hostAnswers;
    const { settings, tables } = options;
    leaveRemovedDirectory();
    this.#worker = startThread('query-thread');
    const data: ThreadData = { settings, tables: tables(), main, host, asked: this.#asked };
    this.#worker.postMessage({ type: 'open', data } satisfies ToThread, [main.port, host.port]);
    this.#worker.on('message', (message: FromThread) => this.#take(message));
    this.#worker.on('error', (error: Error) => this.#gone(error.message));
    this.#worker.on('exit', () => this.#gone('the thread ended'));
    this.#worker.unref();
    setTimeout(loadNative, loadNativeMs).unref();
  }

  /** Posts a change of the catalog, to be applied before the next query. */
  apply(change: CatalogChange): void {
    this.#worker.postMessage({ type: 'catalog', change } satisfies ToThread);
  }

  /** Runs a query to its end, whatever that is. Never rejects. */
  async run(query: Omit<QueryMessage, 'type' | 'run'>): Promise<Ending> {
    const ending = Promise.withResolvers<Ending>();
    this.#ending = ending.resolve;
    this.#run += 1;
    askNothing(this.#asked);
    this.#worker.ref();
    this.#worker.postMessage({ type: 'query', run: this.#run, ...query } satisfies ToThread);
    try {
      return await ending.promise;
    } finally {
      this.#ending = undefined;
      this.#worker.unref();
    }
  }

  /** The table that the query asks, or asked last; undefined when it has asked none. */
  get asked(): (NumberedTable & Pick<AskedTable, 'atWork'>) | undefined {
    const asked = askedTable(this.#asked);
    const table = asked && this.#tables[asked.number];
    return table && { ...table, atWork: asked.atWork };
  }

  /** CPU time of the running query so far, milliseconds; 0 before it has begun. */
  async cpuMs(): Promise<number> {
    const { runCpuMs } = await loadNative();
    return (this.#handle === undefined ? undefined : runCpuMs(this.#handle, this.#run)) ?? 0;
  }

  /** Gives up the running query: interrupts it, and ends the thread when it does not obey. */
  giveUp(cancel: Int32Array<SharedArrayBuffer>): void {
    const run = this.#run;
    this.#givenUp = run;
    Atomics.store(cancel, 0, 1);
    void this.#interrupt(run);
    const timer = setTimeout(() => {
      if (this.#run === run && this.#ending !== undefined) void this.#end('it did not stop when it was interrupted');
    }, graceMs);
    timer.unref();
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    await this.#end('the engine was closed');
  }

  async #end(reason: string): Promise<void> {
    if (!this.alive) return;
    this.alive = false;
    this.#reason = reason;
    if (this.#ending !== undefined) await this.#interrupt(0);
    const ended = await bounded(this.#worker.terminate(), terminateMs);
    if (!ended) {
      this.#worker.unref();
      this.#options.onAbandoned();
    }
    this.#gone('the thread hangs');
  }

  /** Interrupts a run; 0 any. */
  async #interrupt(run: number): Promise<void> {
    const { interrupt } = await loadNative();
    if (this.#handle !== undefined) interrupt(this.#handle, run);
  }

  #take(message: FromThread): void {
    switch (message.type) {
      case 'ready':
        this.#handle = message.handle;
        if (this.#ending !== undefined && this.#givenUp === this.#run) void this.#interrupt(this.#run);
        return;
      case 'table':
        this.#tables[message.number] = message.table;
        return;
      case 'host':
        this.usesHost = true;
        return this.#options.connectHost(this.#hostAnswers);
      case 'warning':
        return this.#options.onWarning(message.table, message.message);
      case 'done':
      case 'failed':
        if (message.denial !== null) this.#options.onDenial(message.denial);
        if (message.changed && !this.#options.keepsChanges) this.#renew();
        if (message.run !== this.#run) return;
        this.#ending?.(
          message.type === 'done'
            ? { kind: 'done', outcome: message.outcome }
            : { kind: 'failed', failure: message.failure, denial: message.denial },
        );
    }
  }

  /** Has the thread take a connection in which no query has left anything. */
  #renew(): void {
    this.#worker.postMessage({ type: 'renew', tables: this.#options.tables() } satisfies ToThread);
  }

  #gone(news: string): void {
    this.alive = false;
    const reason = this.#reason ?? news;
    this.#answers.close();
    if (!this.usesHost) this.#hostAnswers.port.close();
    void this.#options.server.close();
    this.#ending?.({ kind: 'lost', reason });
  }
}
