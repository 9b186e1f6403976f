import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Inbox } from '../binary/inbox.ts';
import type { Limits } from '../binary/limits.ts';
import type { Endpoint } from '../endpoint.ts';
import { OutpostError } from '../errors.ts';
import { ConcurrentCalls } from './calls.ts';

/** How long to wait before another attempt when the server's queue of new connections is full. */
const fullQueueDelayMs = 20;

/** A request that waits for its turn, or for its reply. */
interface Pending {
  readonly method: string;
  readonly request: Uint8Array;
  /** Whether a message answers this request. */
  readonly accepts: (message: Buffer) => boolean;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (reply: Buffer) => void;
  readonly reject: (error: OutpostError) => void;
}

const connectOnce = (path: string, signal: AbortSignal): Promise<Socket> => {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ path });
  const abort = (): void => {
    socket.destroy();
    reject(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  socket.once('connect', () => resolve(socket));
  socket.once('error', reject);
  return promise.finally(() => signal.removeEventListener('abort', abort));
};

const isQueueFull = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EAGAIN';

const connectWithin = async (path: string, timeoutMs: number): Promise<Socket> => {
  const signal = AbortSignal.timeout(timeoutMs);
  for (;;) {
    try {
      return await connectOnce(path, signal);
    } catch (cause) {
      if (!isQueueFull(cause)) throw new OutpostError('SOCKET_NOT_AVAILABLE', { path }, { cause });
      await delay(fullQueueDelayMs);
    }
  }
};

/**
 * One connection of a client: sends requests of version 1 in the order in which they were made, one at a time, those of version 2
 * at once, and finds their replies.
 */
export class Channel {
  readonly endpoint: Endpoint;
  /** The calls of version 2. */
  readonly concurrent: ConcurrentCalls;
  readonly #socket: Socket;
  readonly #inbox: Inbox;
  readonly #waiting: Pending[] = [];
  #current: Pending | undefined;
  #closedBy: OutpostError | undefined;

  /** @throws OutpostError SOCKET_NOT_AVAILABLE when nobody listens there, or not within the time */
  static async open(endpoint: Endpoint, timeoutMs: number, limits: Limits): Promise<Channel> {
    return new Channel(endpoint, await connectWithin(endpoint.path, timeoutMs), limits);
  }

  private constructor(endpoint: Endpoint, socket: Socket, limits: Limits) {
    this.endpoint = endpoint;
    this.#socket = socket;
    this.#inbox = new Inbox(limits);
    this.concurrent = new ConcurrentCalls(endpoint.path, limits, bytes => this.send(bytes));
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', cause => this.#fail(this.#lost(cause)));
    socket.on('close', () => this.#fail(this.#lost()));
  }

  /** Whether the connection is over. */
  get closed(): boolean {
    return this.#closedBy !== undefined;
  }

  /** The text of the Thrift library that osquery shows when a connection ends. */
  #lost(cause?: unknown): OutpostError {
    return new OutpostError('EXTENSION_CALL_FAILED', { reason: 'No more data to read.' }, { cause });
  }

  /**
   * Sends a request and gives the message that answers it.
   *
   * @throws OutpostError CALL_DEADLINE, EXTENSION_CALL_FAILED when the connection ends, or what the reply is guilty of
   */
  exchange(
    method: string,
    request: Uint8Array,
    timeoutMs: number,
    accepts: (message: Buffer) => boolean,
  ): Promise<Buffer> {
    if (this.#closedBy !== undefined) return Promise.reject(this.#closedBy);
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const timer = setTimeout(() => this.#expire(pending, timeoutMs), timeoutMs);
    const pending: Pending = { method, request, accepts, timer, resolve, reject };
    this.#waiting.push(pending);
    this.#sendNext();
    return promise;
  }

  /** Ends the connection; requests that are not answered yet fail. */
  close(): void {
    this.#fail(new OutpostError('EXTENSION_CALL_FAILED', { reason: 'the client was closed.' }));
  }

  /** Sends bytes, unless the connection is over: then nobody waits for what they would do. */
  send(bytes: Uint8Array): void {
    if (this.#closedBy === undefined) this.#socket.write(bytes);
  }

  /** @throws OutpostError why the connection is over, if it is */
  check(): void {
    if (this.#closedBy !== undefined) throw this.#closedBy;
  }

  #sendNext(): void {
    if (this.#current !== undefined) return;
    this.#current = this.#waiting.shift();
    if (this.#current !== undefined) this.#socket.write(this.#current.request);
  }

  #receive(chunk: Buffer): void {
    try {
      this.#inbox.push(chunk);
      for (let message = this.#inbox.take(); message !== undefined; message = this.#inbox.take()) this.#settle(message);
    } catch (error) {
      this.#fail(error instanceof OutpostError ? error : this.#lost(error));
    }
  }

  /** A message that answers nothing that was asked is passed over, as the Thrift library does. */
  #settle(message: Buffer): void {
    if (this.concurrent.settle(message)) return;
    const pending = this.#current;
    if (pending === undefined || !pending.accepts(message)) return;
    clearTimeout(pending.timer);
    this.#current = undefined;
    pending.resolve(message);
    this.#sendNext();
  }

  /** A request that is not sent yet fails alone; after one that was sent, nobody could tell whose the next reply is. */
  #expire(pending: Pending, timeoutMs: number): void {
    const { path } = this.endpoint;
    const error = new OutpostError('CALL_DEADLINE', { method: pending.method, path, seconds: timeoutMs / 1000 });
    const index = this.#waiting.indexOf(pending);
    if (index < 0) return this.#fail(error);
    this.#waiting.splice(index, 1);
    pending.reject(error);
  }

  #fail(error: OutpostError): void {
    if (this.#closedBy !== undefined) return;
    this.#closedBy = error;
    this.#socket.destroy();
    this.concurrent.fail(error);
    const unanswered = this.#current === undefined ? this.#waiting : [this.#current, ...this.#waiting];
    for (const pending of unanswered) {
      clearTimeout(pending.timer);
      pending.reject(error);
    }
  }
}
