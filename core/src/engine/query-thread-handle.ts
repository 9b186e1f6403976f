import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { bounded, graceMs, terminateMs } from './bounded.ts';
import type { CatalogChange } from './catalog.ts';
import type { EngineSettings } from './connection.ts';
import { answerExchange, type ExchangeEnd } from './exchange.ts';
import type { Failure, FromThread, Outcome, QueryMessage, ThreadData, ToThread } from './messages.ts';
import type { Handle } from './native.ts';
import type { TableServer } from './table-server.ts';
import { leaveRemovedDirectory } from './working-directory.ts';

/** When the native module is loaded here, milliseconds after a thread was started: an interrupt must not wait for it, nor the first answer. */
const loadNativeMs = 250;
/** The largest heap of a thread, MiB. */
const heapMib = 512;

/** What a thread is started with. */
export interface ThreadOptions {
  readonly settings: EngineSettings;
  readonly tables: CatalogChange;
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
  | { readonly kind: 'failed'; readonly failure: Failure }
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
  /** Why we ended the thread, if we did. */
  #reason: string | undefined;
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
    this.#worker = new Worker(new URL('./query-thread.ts', import.meta.url), {
      workerData: { settings, tables, main, host } satisfies ThreadData,
      transferList: [main.port, host.port],
      resourceLimits: { maxOldGenerationSizeMb: heapMib },
    });
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
    this.#worker.ref();
    this.#worker.postMessage({ type: 'query', run: this.#run, ...query } satisfies ToThread);
    try {
      return await ending.promise;
    } finally {
      this.#ending = undefined;
      this.#worker.unref();
    }
  }

  /** Gives up the running query: interrupts it, and ends the thread when it does not obey. */
  giveUp(cancel: Int32Array<SharedArrayBuffer>): void {
    const run = this.#run;
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
        return;
      case 'host':
        this.usesHost = true;
        return this.#options.connectHost(this.#hostAnswers);
      case 'warning':
        return this.#options.onWarning(message.table, message.message);
      case 'done':
      case 'failed':
        if (message.denial !== null) this.#options.onDenial(message.denial);
        if (message.run !== this.#run) return;
        this.#ending?.(
          message.type === 'done'
            ? { kind: 'done', outcome: message.outcome }
            : { kind: 'failed', failure: message.failure },
        );
    }
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
