import { type CallTerms, cancelNotice } from '@outpost/protocol';
import {
  closeSession,
  type NativeSession,
  openSession,
  sessionForget,
  sessionReceive,
  sessionSend,
  type TransactError,
} from '../native.ts';
import { exchangeFailure } from './exchange-failure.ts';
import { type Run, remainingMs } from './source.ts';

/** Where an extension that holds a lease is called. */
export interface LeasedSocket {
  readonly socketPath: string;
  readonly generation: number;
  readonly peerUids?: readonly number[];
}

/** The main thread ends a query at its deadline, by the cancel word; a call must not end by itself just before that. */
const deadlineSlackMs = 1_000;

/** How long a notice may take to be written, milliseconds. */
const noticeMs = 100;

const largestId = 2 ** 31 - 1;

/** How many sessions a thread keeps open; the one that was used longest ago is closed for another. */
const sessionLimit = 32;

/** A session that nobody uses for so long is closed, milliseconds: its extension may be gone, and its thread be idle. */
const idleMs = 5_000;

/** A connection of this thread to an extension. */
class Session {
  readonly #native: NativeSession;
  /** `--thrift_timeout` */
  readonly #timeoutMs: number;
  #lastId = 0;
  /** When it was used last, on the clock of `performance.now()`. */
  usedAt = performance.now();
  /** Whether an answer has come over it: then a connection that is closed may only have been idle for too long. */
  used = false;

  constructor({ socketPath, peerUids }: LeasedSocket, timeoutMs: number, run: Run) {
    const waitMs = Math.min(timeoutMs, remainingMs(run) + deadlineSlackMs);
    this.#native = openSession(socketPath, waitMs, run.cancel, peerUids === undefined ? {} : { peerUids });
    this.#timeoutMs = timeoutMs;
  }

  /** Sends a call. @returns its id, with which its answer is asked for. @throws TransactError */
  send(encode: (terms: CallTerms) => Uint8Array, run: Run): number {
    this.#lastId = this.#lastId === largestId ? 1 : this.#lastId + 1;
    const deadlineMs = Math.min(this.#timeoutMs, remainingMs(run));
    const message = encode({ id: this.#lastId, deadlineMs });
    sessionSend(this.#native, this.#lastId, message, deadlineMs + deadlineSlackMs, run.cancel);
    return this.#lastId;
  }

  /** Waits for an answer. What is given up here is given up by the extension, too. @throws TransactError */
  receive(id: number, run: Run): Uint8Array {
    const waitMs = Math.min(this.#timeoutMs, remainingMs(run)) + deadlineSlackMs;
    try {
      const reply = sessionReceive(this.#native, id, waitMs, run.cancel);
      this.used = true;
      return reply;
    } catch (error) {
      const { code } = error as TransactError;
      if (code === 'DEADLINE' || code === 'CANCELLED') this.tell(cancelNotice(id));
      throw error;
    }
  }

  /** Passes over an answer that nobody wants any more. */
  forget(id: number): void {
    sessionForget(this.#native, id);
  }

  /** Sends a notice. Where it cannot be sent the connection is over, and with it what the notice is about. */
  tell(notice: Uint8Array): void {
    try {
      sessionSend(this.#native, 0, notice, noticeMs);
    } catch {
      this.close();
    }
  }

  close(): void {
    closeSession(this.#native);
  }
}

/** A call that was sent. */
export interface SentCall {
  readonly session: Session;
  readonly id: number;
}

/** The open connections of a thread to extensions that hold leases. Calls of all tables of an extension go over the same one. */
export class Sessions {
  /** By path, the one used last at the end. */
  readonly #open = new Map<string, { readonly generation: number; readonly session: Session }>();
  #sweep: NodeJS.Timeout | undefined;

  /**
   * Sends a call. One whose connection was closed while it was idle is sent again over another.
   *
   * @throws Error in osquery's words
   */
  send(to: LeasedSocket, timeoutMs: number, encode: (terms: CallTerms) => Uint8Array, run: Run): SentCall {
    return this.#attempt(to, timeoutMs, run, session => ({ session, id: session.send(encode, run) }));
  }

  /** Makes a call that may be made twice, and gives its answer and the session it came over. @throws as {@link send} */
  call(
    to: LeasedSocket,
    timeoutMs: number,
    encode: (terms: CallTerms) => Uint8Array,
    run: Run,
  ): { readonly session: Session; readonly reply: Uint8Array } {
    return this.#attempt(to, timeoutMs, run, session => ({
      session,
      reply: session.receive(session.send(encode, run), run),
    }));
  }

  /** Sends a call over a certain session, whatever became of it. @throws as {@link send} */
  sendOver(to: LeasedSocket, session: Session, encode: (terms: CallTerms) => Uint8Array, run: Run): SentCall {
    try {
      return { session, id: session.send(encode, run) };
    } catch (error) {
      throw this.#failed(to, session, error as TransactError);
    }
  }

  /** Waits for the answer to a call. @throws as {@link send} */
  receive(to: LeasedSocket, { session, id }: SentCall, run: Run): Uint8Array {
    try {
      return session.receive(id, run);
    } catch (error) {
      throw this.#failed(to, session, error as TransactError);
    }
  }

  /** Ends all connections. */
  close(): void {
    clearTimeout(this.#sweep);
    for (const { session } of this.#open.values()) session.close();
    this.#open.clear();
  }

  /** Closes the sessions that are idle, and looks again later while there are others. It never runs within a statement, which does not yield. */
  #closeIdle(): void {
    this.#sweep = undefined;
    for (const [path, { session }] of this.#open) {
      if (performance.now() - session.usedAt < idleMs) continue;
      session.close();
      this.#open.delete(path);
    }
    if (this.#open.size > 0) this.#sweepLater();
  }

  #sweepLater(): void {
    this.#sweep ??= setTimeout(() => this.#closeIdle(), idleMs).unref();
  }

  #attempt<Result>(to: LeasedSocket, timeoutMs: number, run: Run, work: (session: Session) => Result): Result {
    for (;;) {
      const session = this.#session(to, timeoutMs, run);
      const wasUsed = session.used;
      try {
        return work(session);
      } catch (error) {
        const failure = this.#failed(to, session, error as TransactError);
        if (!wasUsed || (error as TransactError).code !== 'CLOSED') throw failure;
      }
    }
  }

  #session(to: LeasedSocket, timeoutMs: number, run: Run): Session {
    const { socketPath, generation } = to;
    const known = this.#open.get(socketPath);
    this.#open.delete(socketPath);
    this.#sweepLater();
    if (known?.generation === generation) {
      known.session.usedAt = performance.now();
      this.#open.set(socketPath, known);
      return known.session;
    }
    known?.session.close();
    try {
      const session = new Session(to, timeoutMs, run);
      this.#keep(socketPath, generation, session);
      return session;
    } catch (error) {
      throw exchangeFailure(error as TransactError, socketPath);
    }
  }

  #keep(socketPath: string, generation: number, session: Session): void {
    this.#open.set(socketPath, { generation, session });
    const [oldest] = this.#open.keys();
    if (this.#open.size <= sessionLimit || oldest === undefined) return;
    this.#open.get(oldest)?.session.close();
    this.#open.delete(oldest);
  }

  /** After a failure that leaves the connection open, it goes on. */
  #failed({ socketPath }: LeasedSocket, session: Session, error: TransactError): Error {
    if (!['DEADLINE', 'CANCELLED', 'BUSY'].includes(error.code)) {
      session.close();
      if (this.#open.get(socketPath)?.session === session) this.#open.delete(socketPath);
    }
    return error.code === undefined ? error : exchangeFailure(error, socketPath);
  }
}
