/**
 * A blocking exchange between a query thread and a thread with an event loop (the main thread, the plugin host).
 *
 * The asking side posts a message and sleeps on a shared counter until the answer lies in its port; SQLite cannot wait for a promise.
 * Every request is answered exactly once. Rows come one block an answer, each asked for, so no more than one block of a scan is ever
 * under way. An answer that comes after its asker gave up is thrown away by its number.
 */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { ScanInput } from './request.ts';
import { checkCancelled, type Run, remainingMs, sqlFailure, type WriteRequest } from './sources/source.ts';

/** What a query thread asks. */
export type Question =
  | {
      readonly type: 'open';
      readonly table: string;
      readonly module?: string;
      readonly cursor: number;
      readonly input: ScanInput;
      readonly columns: readonly number[];
    }
  | { readonly type: 'next'; readonly cursor: number }
  | { readonly type: 'close'; readonly cursor: number }
  | { readonly type: 'write'; readonly table: string; readonly module?: string; readonly request: WriteRequest };

/** What it is answered. */
export type Answer =
  | { readonly type: 'block'; readonly block: Uint8Array | null; readonly more: boolean }
  | { readonly type: 'done'; readonly rowid?: bigint }
  | { readonly type: 'failed'; readonly message: string; readonly sqliteCode?: number };

/** A numbered question or answer on its way. */
export interface Envelope<Body> {
  readonly id: number;
  readonly body: Body;
}

/** What the two sides of an exchange share. */
export interface ExchangeEnd {
  readonly port: MessagePort;
  /** Grows with each answer. */
  readonly signal: Int32Array<SharedArrayBuffer>;
}

/** How long the asking side sleeps before it looks again whether its query was given up, milliseconds. */
const sliceMs = 50;

/** The asking side, in a query thread. */
export class BlockingExchange {
  readonly #end: ExchangeEnd;
  #id = 0;

  constructor(end: ExchangeEnd) {
    this.#end = end;
  }

  /**
   * Asks and sleeps until the answer is there.
   * @throws an error with `sqliteCode` when the other side failed, or the query was given up
   */
  ask(question: Question, run: Run): Exclude<Answer, { type: 'failed' }> {
    const id = this.#post(question);
    for (;;) {
      const seen = Atomics.load(this.#end.signal, 0);
      const answer = this.#take(id);
      if (answer?.type === 'failed') throw sqlFailure(answer.message, answer.sqliteCode ?? 1);
      if (answer !== undefined) return answer;
      checkCancelled(run);
      Atomics.wait(this.#end.signal, 0, seen, Math.min(sliceMs, remainingMs(run)));
    }
  }

  /** Tells something whose answer nobody waits for. */
  tell(question: Question): void {
    this.#post(question);
  }

  #post(body: Question): number {
    const id = ++this.#id;
    this.#end.port.postMessage({ id, body } satisfies Envelope<Question>);
    return id;
  }

  #take(id: number): Answer | undefined {
    for (;;) {
      const received = receiveMessageOnPort(this.#end.port) as { message: Envelope<Answer> } | undefined;
      if (received === undefined || received.message.id === id) return received?.message.body;
    }
  }
}

/** The answering side: calls `answer` for each question, in any thread with an event loop. */
export const answerExchange = (
  { port, signal }: ExchangeEnd,
  answer: (question: Question) => Promise<Answer>,
): void => {
  port.on('message', async ({ id, body }: Envelope<Question>) => {
    const reply: Envelope<Answer> = { id, body: await answer(body) };
    const block = reply.body.type === 'block' ? reply.body.block : null;
    port.postMessage(reply, block === null ? [] : [block.buffer as ArrayBuffer]);
    Atomics.add(signal, 0, 1);
    Atomics.notify(signal, 0);
  });
};
