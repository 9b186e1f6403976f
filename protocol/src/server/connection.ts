import type { Socket } from 'node:net';
import { Inbox } from '../binary/inbox.ts';
import type { Limits } from '../binary/limits.ts';
import { OutpostError } from '../errors.ts';
import type { Structs } from '../messages/message.ts';
import type { Peer } from '../types.ts';
import { answer, type Request, readRequest } from './answer.ts';
import { Calls, callLimit } from './calls.ts';
import type { CallConnection } from './handlers2.ts';
import type { Service, Work } from './service.ts';
import type { ServerStatistics } from './statistics.ts';

/** What the connections of a server share. */
export interface ConnectionContext {
  readonly path: string;
  readonly service: Service;
  readonly structs: Structs;
  readonly limits: Limits;
  /** Bytes of unfinished messages that all connections together may hold. */
  readonly pendingBytes: number;
  /** Milliseconds that a message may take to arrive, and a reply to be read. */
  readonly messageTimeoutMs: number;
  /** Milliseconds that a call of version 2 may take which gives no deadline, or a later one. */
  readonly callTimeoutMs: number;
  readonly statistics: ServerStatistics;
  readonly onFault: (fault: OutpostError, peer: Peer) => void;
}

/** A request of version 1. */
interface OrderedRequest {
  readonly request: Request;
  readonly work: Extract<Work, { kind: 'ordered' }>;
}

/**
 * One client of a server. Its requests of version 1 are answered one after another; those of version 2 side by side, by {@link Calls}.
 * What it says while a request of version 1 is in work waits, unless it has shown that it speaks version 2; that it hangs up is noticed.
 */
export class ServerConnection implements CallConnection {
  readonly peer: Peer;
  readonly ended: AbortSignal;
  /** When it last had nothing to do, on the clock of `performance.now()`. */
  idleSince: number = performance.now();
  readonly #socket: Socket;
  readonly #context: ConnectionContext;
  readonly #inbox: Inbox;
  readonly #calls: Calls;
  #pendingCounted = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Whether a request of version 1 is in work. */
  #busy = false;
  /** A request of version 1 that came while one was in work. */
  #held: OrderedRequest | undefined;
  #speaksVersion2 = false;
  #ending = false;

  /** @param onClose is told once, when the connection is over */
  constructor(socket: Socket, peer: Peer, context: ConnectionContext, onClose: () => void) {
    this.peer = peer;
    this.#socket = socket;
    this.#context = context;
    this.#inbox = new Inbox(context.limits);
    const over = new AbortController();
    this.ended = over.signal;
    const { path, callTimeoutMs, statistics } = context;
    const send = (bytes: Buffer): Promise<void> => this.#send(bytes);
    this.#calls = new Calls({ path, callTimeoutMs, statistics, connection: this, send, onEnd: () => this.#work() });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#disarm();
      this.#countPending(0);
      this.#calls.end();
      over.abort();
      onClose();
    });
  }

  /** Whether it neither has a request in work nor a part of one. */
  get idle(): boolean {
    return !this.#working && this.#inbox.pending === 0;
  }

  get #working(): boolean {
    return this.#busy || this.#calls.size > 0;
  }

  /** Whether no more messages are taken for now. Calls beyond their limit are refused, but the refusals must be read, too. */
  get #blocked(): boolean {
    if (this.#ending || this.#held !== undefined || this.#calls.size >= 2 * callLimit) return true;
    return this.#busy && !this.#speaksVersion2;
  }

  /** Ends the connection when what is in work is answered, or now. */
  end(): void {
    this.#ending = true;
    if (!this.#working) this.#socket.destroy();
  }

  /** Ends the connection now. */
  destroy(): void {
    this.#socket.destroy();
  }

  #countPending(bytes: number): void {
    this.#context.statistics.pendingBytes += bytes - this.#pendingCounted;
    this.#pendingCounted = bytes;
  }

  #receive(chunk: Buffer): void {
    this.#context.statistics.receivedBytes += chunk.length;
    this.#inbox.push(chunk);
    this.#countPending(this.#inbox.pending);
    this.#work();
  }

  /** Takes all requests that are there and may be begun, and goes to rest. */
  #work(): void {
    if (this.#socket.destroyed) return;
    try {
      while (!this.#blocked) {
        const message = this.#inbox.take();
        if (message === undefined) break;
        this.#disarm();
        this.#take(message);
      }
    } catch (error) {
      return this.#reject(error);
    }
    this.#rest();
  }

  #take(message: Buffer): void {
    const { service, statistics } = this.#context;
    statistics.requests += 1;
    const request = readRequest(service, message, this.#context);
    const { work } = request;
    if (work.kind === 'ordered') {
      if (this.#busy) this.#held = { request, work };
      else void this.#answer({ request, work });
      return;
    }
    this.#speaksVersion2 = true;
    if (work.kind === 'concurrent') this.#calls.start(request, work);
    else if (work.kind === 'cancel') this.#calls.cancel(work.id);
    else work.run({ connection: this, signal: this.ended });
  }

  #rest(): void {
    if (!this.#working) {
      this.idleSince = performance.now();
      if (this.#ending) return this.destroy();
    }
    const { pending } = this.#inbox;
    this.#countPending(pending);
    if (this.#blocked) {
      // Who hangs up is noticed only as long as the socket is read; more than a chunk is not taken in.
      if (pending > 0 || this.#held !== undefined || !this.#busy) this.#socket.pause();
      return;
    }
    if (pending > 0 && !this.#awaitRest()) return;
    this.#socket.resume();
  }

  /** A message is not all there yet: waits for the rest, unless too much of this kind is held already. */
  #awaitRest(): boolean {
    const { statistics, pendingBytes: limit, path, messageTimeoutMs } = this.#context;
    if (statistics.pendingBytes <= limit) {
      this.#timer ??= setTimeout(() => this.#timeOut('MESSAGE_UNFINISHED'), messageTimeoutMs);
      return true;
    }
    this.#reject(new OutpostError('BUFFERS_EXHAUSTED', { path, limit }));
    return false;
  }

  /** Answers requests of version 1, as long as one waits. */
  async #answer(first: OrderedRequest): Promise<void> {
    this.#busy = true;
    for (let next: OrderedRequest | undefined = first; next !== undefined; next = this.#held) {
      this.#held = undefined;
      const { bytes, failed } = await answer(next.request, next.work, { connection: this, signal: this.ended });
      if (failed) this.#context.statistics.exceptions += 1;
      await this.#send(bytes);
      if (this.#ending || this.#socket.destroyed) break;
    }
    this.#busy = false;
    this.#work();
  }

  /** Waits until the reply is read or the connection is over. */
  #send(bytes: Buffer): Promise<void> {
    this.#context.statistics.sentBytes += bytes.length;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => this.#timeOut('REPLY_NOT_READ'), this.#context.messageTimeoutMs);
    this.#socket.write(bytes, () => {
      clearTimeout(timer);
      resolve();
    });
    return promise;
  }

  #timeOut(code: 'MESSAGE_UNFINISHED' | 'REPLY_NOT_READ'): void {
    const { messageTimeoutMs, statistics, onFault } = this.#context;
    if (this.#socket.destroyed) return;
    statistics.timedOut += 1;
    this.destroy();
    onFault(new OutpostError(code, { seconds: messageTimeoutMs / 1000 }), this.peer);
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #reject(error: unknown): void {
    this.#context.statistics.rejected += 1;
    this.destroy();
    const fault =
      error instanceof OutpostError ? error : new OutpostError('MESSAGE_MALFORMED', { reason: String(error) });
    this.#context.onFault(fault, this.peer);
  }
}
