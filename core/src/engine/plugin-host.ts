import { Worker } from 'node:worker_threads';
import type { ExchangeEnd } from './exchange.ts';
import type { FromThread, HostMessage } from './messages.ts';

/** The plugin host thread: started when the first query thread needs it, and again after it died. */
export class PluginHost {
  #worker: Worker | undefined;
  readonly #onWarning: (table: string, message: string) => void;
  readonly #onGone: (reason: string) => void;

  /** @param onGone called when the thread died: query threads that wait for it will wait in vain */
  constructor(onWarning: (table: string, message: string) => void, onGone: (reason: string) => void) {
    this.#onWarning = onWarning;
    this.#onGone = onGone;
  }

  /** Gives the thread the answering end of an exchange. */
  connect(end: ExchangeEnd): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage({ type: 'serve', end } satisfies HostMessage, [end.port]);
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL('./host-thread.ts', import.meta.url));
    worker.unref();
    worker.on('message', (message: FromThread) => {
      if (message.type === 'warning') this.#onWarning(message.table, message.message);
    });
    const gone = (reason: string): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#onGone(reason);
    };
    worker.on('error', (error: Error) => gone(error.message));
    worker.on('exit', code => gone(`it ended with exit code ${code}`));
    return worker;
  }
}
