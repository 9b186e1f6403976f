import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { startThread } from '../runtime/threads.ts';
import type { LimitKind } from '../watchdog/limit-watch.ts';
import type { RunningQuery, RunRecord } from '../watchdog/run-record.ts';
import { type AskedTable, askedTable, askedWord, askNothing } from './asked-table.ts';
import { bounded, terminateMs } from './bounded.ts';
import type { CatalogChange } from './catalog.ts';
import type { EngineSettings } from './connection.ts';
import { answerExchange, type ExchangeEnd } from './exchange.ts';
import type { Failure, FromThread, NumberedTable, Outcome, QueryMessage, ThreadData, ToThread } from './messages.ts';
import type { Handle } from './native.ts';
import type { TableServer } from './table-server.ts';
import { leaveRemovedDirectory } from './working-directory.ts';

/** When the native module is loaded here, milliseconds after a thread was started: an interrupt must not wait for it, nor the first answer. */
const loadNativeMs = 250;
/** How long a thread may take to tell of its heap, milliseconds. */
const heapAnswerMs = 200;

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
  /** Called when a thread could not be ended: it hangs in a system call and takes its memory with it. @param query what it ran, and the table that it asked */
  readonly onAbandoned: (query: HungQuery, thread: QueryThread) => void;
  /** Where it is recorded what the thread runs. */
  readonly record?: EngineRecord | undefined;
  /** See ThreadData. */
  readonly pressure: Int32Array<SharedArrayBuffer>;
}

/** A query whose thread could not be ended. */
export interface HungQuery {
  readonly name: string;
  readonly table: string | undefined;
}

/** The record of what runs, and the descriptor of its file. */
export interface EngineRecord {
  readonly runs: RunRecord;
  readonly descriptor: number;
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
  /** Its place in the record of what runs. */
  readonly #slot: number | undefined;
  /** What the query that runs, or ran last, is called. */
  #told: Pick<RunningQuery, 'lane' | 'name'> = { lane: 'scheduled', name: '' };
  #hangs = false;
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
    const { settings, tables, pressure, record } = options;
    this.#slot = record?.runs.take();
    const recorded = record && this.#slot !== undefined && { descriptor: record.descriptor, slot: this.#slot };
    leaveRemovedDirectory();
    this.#worker = startThread('query-thread');
    const asked = this.#asked;
    const data: ThreadData = { settings, tables: tables(), main, host, asked, pressure, ...(recorded && { recorded }) };
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

  /** Runs a query to its end, whatever that is. Never rejects. @param told what it is called */
  async run(query: Omit<QueryMessage, 'type' | 'run'>, told: Pick<RunningQuery, 'lane' | 'name'>): Promise<Ending> {
    this.#told = told;
    if (this.#slot !== undefined) this.#options.record?.runs.begin(this.#slot, { ...told, sql: query.sql });
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
      if (this.#slot !== undefined && !this.#hangs) this.#options.record?.runs.end(this.#slot);
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

  /** What the running query, or the one that hangs, is called. */
  get told(): Pick<RunningQuery, 'lane' | 'name'> {
    return this.#told;
  }

  /** Whether a table is at work for it in the plugin host. */
  get worksInHost(): boolean {
    return this.usesHost && this.asked?.atWork === true;
  }

  /** What it has taken so far: CPU time in milliseconds, or bytes of memory. */
  taken(kind: LimitKind): Promise<number> {
    return kind === 'cpu' ? this.cpuMs() : this.#memoryBytes();
  }

  /** Memory that the thread holds, its own heap and what SQLite has allocated for the running query, bytes; what does not answer counts for nothing. */
  async #memoryBytes(): Promise<number> {
    const { runMemoryBytes } = await loadNative();
    const sqlite = (this.#handle === undefined ? undefined : runMemoryBytes(this.#handle, this.#run)) ?? 0;
    let heap = 0;
    const asked = this.#worker.getHeapStatistics().then(statistics => {
      heap = statistics.total_heap_size + statistics.external_memory + statistics.malloced_memory;
    });
    // A thread that is just ending has no heap to tell of.
    await bounded(
      asked.catch(() => undefined),
      heapAnswerMs,
    );
    return sqlite + heap;
  }

  /** Gives up the running query: interrupts it, and ends the thread when it does not obey within so many milliseconds. */
  giveUp(cancel: Int32Array<SharedArrayBuffer>, patienceMs: number): void {
    const run = this.#run;
    this.#givenUp = run;
    Atomics.store(cancel, 0, 1);
    void this.#interrupt(run);
    const timer = setTimeout(() => {
      if (this.#run === run && this.#ending !== undefined) void this.#end('it did not stop when it was interrupted');
    }, patienceMs);
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
    if (ended) {
      if (this.#slot !== undefined) this.#options.record?.runs.free(this.#slot);
    } else {
      this.#hangs = true;
      this.#worker.unref();
      this.#options.onAbandoned({ name: this.#told.name, table: this.asked?.name }, this);
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
