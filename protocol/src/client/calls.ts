import type { Limits } from '../binary/limits.ts';
import { OutpostError } from '../errors.ts';
import { cancelNotice, reading } from '../messages/header.ts';

/** How many calls of version 2 may be unanswered on one connection. */
export const callsInFlight = 64;

/** How many more may wait for their turn. */
export const callsWaiting = 1024;

const largestId = 2 ** 31 - 1;

/** What a call is told. */
export interface ConcurrentOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

interface Call {
  readonly method: string;
  readonly encode: (id: number) => Uint8Array;
  readonly resolve: (reply: Buffer) => void;
  readonly reject: (error: OutpostError) => void;
}

/** The calls of version 2 on one connection: sent at once, answered in any order, found by their sequence ids. */
export class ConcurrentCalls {
  readonly #path: string;
  readonly #limits: Limits;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #flying = new Map<number, Call>();
  readonly #waiting: Call[] = [];
  #lastId = 0;
  #wrapped = false;

  constructor(path: string, limits: Limits, send: (bytes: Uint8Array) => void) {
    this.#path = path;
    this.#limits = limits;
    this.#send = send;
  }

  /**
   * Sends a request, now or when others are answered, and gives its reply. When the time is up, or the signal fires, the other
   * side is told to give it up.
   *
   * @throws OutpostError CALL_DEADLINE, CALL_CANCELLED, TOO_MANY_CALLS
   */
  exchange(
    method: string,
    encode: (id: number) => Uint8Array,
    { timeoutMs, signal }: ConcurrentOptions,
  ): Promise<Buffer> {
    if (signal?.aborted === true) return Promise.reject(new OutpostError('CALL_CANCELLED'));
    if (this.#waiting.length >= callsWaiting)
      return Promise.reject(new OutpostError('TOO_MANY_CALLS', { limit: callsInFlight + callsWaiting }));
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const call: Call = { method, encode, resolve, reject };
    const timer = setTimeout(() => {
      this.#giveUp(call, new OutpostError('CALL_DEADLINE', { method, path: this.#path, seconds: timeoutMs / 1000 }));
    }, timeoutMs);
    const onAbort = (): void => this.#giveUp(call, new OutpostError('CALL_CANCELLED'));
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#waiting.push(call);
    this.#sendWaiting();
    return promise.finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    });
  }

  /** Takes a reply. @returns whether it is, or was, meant for a call of version 2 */
  settle(message: Buffer): boolean {
    if (this.#lastId === 0) return false;
    const { rseqid: id } = reading(message, this.#limits).readMessageBegin();
    const call = this.#flying.get(id);
    if (call === undefined) return this.#wasUsed(id);
    this.#flying.delete(id);
    call.resolve(message);
    this.#sendWaiting();
    return true;
  }

  /** Fails all calls. */
  fail(error: OutpostError): void {
    const calls = [...this.#flying.values(), ...this.#waiting.splice(0)];
    this.#flying.clear();
    for (const call of calls) call.reject(error);
  }

  /** A reply to a call that was given up may still come. */
  #wasUsed(id: number): boolean {
    return id > 0 && (this.#wrapped || id <= this.#lastId);
  }

  #sendWaiting(): void {
    while (this.#flying.size < callsInFlight) {
      const call = this.#waiting.shift();
      if (call === undefined) return;
      const id = this.#nextId();
      this.#flying.set(id, call);
      this.#send(call.encode(id));
    }
  }

  #nextId(): number {
    do {
      if (this.#lastId === largestId) {
        this.#lastId = 0;
        this.#wrapped = true;
      }
      this.#lastId += 1;
    } while (this.#flying.has(this.#lastId));
    return this.#lastId;
  }

  #giveUp(call: Call, error: OutpostError): void {
    const index = this.#waiting.indexOf(call);
    if (index >= 0) this.#waiting.splice(index, 1);
    for (const [id, flying] of this.#flying) {
      if (flying !== call) continue;
      this.#flying.delete(id);
      this.#send(cancelNotice(id));
      this.#sendWaiting();
      break;
    }
    call.reject(error);
  }
}
