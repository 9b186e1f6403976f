import { OutpostError } from '../errors.ts';
import { failureOf } from '../messages/outcome.ts';
import { type Request, replyTo } from './answer.ts';
import type { CallConnection } from './handlers2.ts';
import type { Work, WriteResult } from './service.ts';
import type { ServerStatistics } from './statistics.ts';

/** How many calls of version 2 one connection may have unanswered. Its clients keep to fewer: client/calls.ts. */
export const callLimit = 128;

/** What the calls of a connection need of it. */
export interface CallsContext {
  readonly path: string;
  /** Milliseconds that a call may take which gives no deadline, or a later one. */
  readonly callTimeoutMs: number;
  readonly statistics: ServerStatistics;
  readonly connection: CallConnection;
  /** Sends a reply; resolves when it has been read. */
  readonly send: (bytes: Buffer) => Promise<void>;
  /** Is told that a call is over. */
  readonly onEnd: () => void;
}

type Concurrent = Extract<Work, { kind: 'concurrent' }>;

/** The unanswered calls of version 2 of one connection. A call is answered once: by its work, or by what ended it. */
export class Calls {
  readonly #context: CallsContext;
  readonly #calls = new Map<number, (reason: OutpostError) => void>();
  #unread = 0;

  constructor(context: CallsContext) {
    this.#context = context;
  }

  /** How many calls are unanswered, or their answers unread. */
  get size(): number {
    return this.#unread;
  }

  /** @throws OutpostError MESSAGE_MALFORMED when a call with the id of the request is unanswered */
  start(request: Request, work: Concurrent): void {
    if (this.#calls.has(request.id))
      throw new OutpostError('MESSAGE_MALFORMED', { reason: `the sequence id ${request.id} is in use` });
    this.#unread += 1;
    this.#context.statistics.calls += 1;
    void this.#run(request, work).finally(() => {
      this.#unread -= 1;
      this.#context.statistics.calls -= 1;
      this.#context.onEnd();
    });
  }

  /** Gives a call up at the wish of the other side. */
  cancel(id: number): void {
    this.#calls.get(id)?.(new OutpostError('CALL_CANCELLED'));
  }

  /** Gives all calls up: the connection is over. */
  end(): void {
    for (const giveUp of this.#calls.values()) giveUp(new OutpostError('CALL_ABANDONED'));
  }

  async #run(request: Request, work: Concurrent): Promise<void> {
    const { statistics, send } = this.#context;
    let write: WriteResult;
    if (this.#unread > callLimit) {
      statistics.overloaded += 1;
      write = work.fail(new OutpostError('TOO_MANY_CALLS', { limit: callLimit }));
    } else {
      write = await this.#outcome(request, work);
    }
    await send(this.#encode(request, work, write));
  }

  /** A result that cannot be written, since it is too large, is answered as a failure. */
  #encode(request: Request, work: Concurrent, write: WriteResult): Buffer {
    try {
      return replyTo(request, write);
    } catch (error) {
      return replyTo(request, work.fail(failureOf(error)));
    }
  }

  async #outcome(request: Request, work: Concurrent): Promise<WriteResult> {
    const { connection, callTimeoutMs, path, statistics } = this.#context;
    const controller = new AbortController();
    const { signal } = controller;
    this.#calls.set(request.id, reason => controller.abort(reason));
    const milliseconds = work.deadlineMs > 0 ? Math.min(work.deadlineMs, callTimeoutMs) : callTimeoutMs;
    const timer = setTimeout(() => {
      const seconds = milliseconds / 1000;
      controller.abort(new OutpostError('CALL_DEADLINE', { method: request.name, path, seconds }));
    }, milliseconds);
    try {
      return await untilAborted(signal, work.run({ connection, signal }));
    } catch (error) {
      if (signal.aborted) statistics.givenUp += 1;
      return work.fail(failureOf(error));
    } finally {
      clearTimeout(timer);
      this.#calls.delete(request.id);
    }
  }
}

/** Waits for a result, but no longer than until the signal fires; then it rejects with the reason. */
const untilAborted = <Result>(signal: AbortSignal, result: Promise<Result>): Promise<Result> => {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  result.then(resolve, reject);
  return promise;
};
