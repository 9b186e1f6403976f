import type { Socket } from 'node:net';
import { Inbox } from '../binary/inbox.ts';
import type { Limits } from '../binary/limits.ts';
import { OutpostError } from '../errors.ts';
import type { Structs } from '../messages/message.ts';
import type { Peer } from '../types.ts';
import { answer } from './answer.ts';
import type { Service } from './service.ts';
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
  readonly statistics: ServerStatistics;
  readonly onFault: (fault: OutpostError, peer: Peer) => void;
}

/** One client of a server. Its requests are answered one after another; while one is, the client is not listened to. */
export class ServerConnection {
  readonly peer: Peer;
  /** When it last had nothing to do, on the clock of `performance.now()`. */
  idleSince: number = performance.now();
  readonly #socket: Socket;
  readonly #context: ConnectionContext;
  readonly #inbox: Inbox;
  #pendingCounted = 0;
  #timer: NodeJS.Timeout | undefined;
  #busy = false;
  #ending = false;

  /** @param onClose is told once, when the connection is over */
  constructor(socket: Socket, peer: Peer, context: ConnectionContext, onClose: () => void) {
    this.peer = peer;
    this.#socket = socket;
    this.#context = context;
    this.#inbox = new Inbox(context.limits);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#disarm();
      this.#countPending(0);
      onClose();
    });
  }

  /** Whether it neither has a request in work nor a part of one. */
  get idle(): boolean {
    return !this.#busy && this.#inbox.pending === 0;
  }

  /** Ends the connection when the request in work is answered, or now. */
  end(): void {
    this.#ending = true;
    if (!this.#busy) this.#socket.destroy();
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
    if (!this.#busy) void this.#work();
  }

  /** Answers all requests that are there. */
  async #work(): Promise<void> {
    this.#busy = true;
    this.#socket.pause();
    try {
      for (let message = this.#inbox.take(); message !== undefined; message = this.#inbox.take()) {
        await this.#answer(message);
        if (this.#ending || this.#socket.destroyed) break;
      }
    } catch (error) {
      return this.#reject(error);
    }
    this.#rest();
  }

  #rest(): void {
    this.#busy = false;
    this.idleSince = performance.now();
    if (this.#ending || this.#socket.destroyed) return this.destroy();
    const { pending } = this.#inbox;
    this.#countPending(pending);
    if (pending === 0) this.#disarm();
    else if (!this.#awaitRest()) return;
    this.#socket.resume();
  }

  /** A message is not all there yet: waits for the rest, unless too much of this kind is held already. */
  #awaitRest(): boolean {
    const { statistics, pendingBytes: limit, path } = this.#context;
    if (statistics.pendingBytes <= limit) {
      this.#arm('MESSAGE_UNFINISHED');
      return true;
    }
    this.#reject(new OutpostError('BUFFERS_EXHAUSTED', { path, limit }));
    return false;
  }

  async #answer(message: Buffer): Promise<void> {
    this.#disarm();
    const { service, structs, limits, statistics } = this.#context;
    statistics.requests += 1;
    const { bytes, failed } = await answer(service, message, { peer: this.peer, structs, limits });
    if (failed) statistics.exceptions += 1;
    await this.#send(bytes);
  }

  /** Waits until the reply is read or the connection is over. */
  #send(bytes: Buffer): Promise<void> {
    this.#context.statistics.sentBytes += bytes.length;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#arm('REPLY_NOT_READ');
    this.#socket.write(bytes, () => {
      this.#disarm();
      resolve();
    });
    return promise;
  }

  #arm(code: 'MESSAGE_UNFINISHED' | 'REPLY_NOT_READ'): void {
    if (this.#timer !== undefined) return;
    const { messageTimeoutMs, statistics, onFault } = this.#context;
    this.#timer = setTimeout(() => {
      statistics.timedOut += 1;
      this.destroy();
      onFault(new OutpostError(code, { seconds: messageTimeoutMs / 1000 }), this.peer);
    }, messageTimeoutMs);
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
