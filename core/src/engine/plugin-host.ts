import type { Worker } from 'node:worker_threads';
import { startThread } from '../runtime/threads.ts';
import { bounded, graceMs, terminateMs } from './bounded.ts';
import type { ExchangeEnd } from './exchange.ts';
import type { FromHost, ToHost } from './messages.ts';
import { leaveRemovedDirectory } from './working-directory.ts';

/** What the plugin host tells the engine. */
export interface HostListener {
  readonly onWarning: (table: string, message: string) => void;
  /** The thread died: query threads that wait for it will wait in vain. */
  readonly onGone: (reason: string) => void;
  /** It could not even be ended. */
  readonly onAbandoned: () => void;
}

/** The plugin host thread: started when the first query thread needs it, and again after it died. */
export class PluginHost {
  #worker: Worker | undefined;
  #pong: PromiseWithResolvers<void> | undefined;
  readonly #listener: HostListener;

  constructor(listener: HostListener) {
    this.#listener = listener;
  }

  /** Gives the thread the answering end of an exchange. */
  connect(end: ExchangeEnd): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage({ type: 'serve', end } satisfies ToHost, [end.port]);
  }

  /** Makes sure that the thread still turns its event loop: a table that blocks it would keep all others from answering. */
  async probe(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined || this.#pong !== undefined) return;
    this.#pong = Promise.withResolvers();
    worker.postMessage({ type: 'ping' } satisfies ToHost);
    const alive = await bounded(this.#pong.promise, graceMs);
    this.#pong = undefined;
    if (alive || this.#worker !== worker) return;
    this.#worker = undefined;
    this.#listener.onGone(`a table kept it from answering for ${graceMs} ms`);
    if (!(await bounded(worker.terminate(), terminateMs))) this.#listener.onAbandoned();
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker !== undefined) await bounded(worker.terminate(), terminateMs);
  }

  #start(): Worker {
    leaveRemovedDirectory();
    const worker = startThread('host-thread');
    worker.on('message', (message: FromHost) => {
      if (message.type === 'pong') this.#pong?.resolve();
      else this.#listener.onWarning(message.table, message.message);
    });
    const gone = (reason: string): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#listener.onGone(reason);
    };
    worker.on('error', (error: Error) => gone(error.message));
    worker.on('exit', code => gone(`it ended with exit code ${code}`));
    worker.unref(); // only now, since a listener for messages undoes it
    return worker;
  }
}
