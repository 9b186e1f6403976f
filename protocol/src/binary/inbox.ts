import type { Limits } from './limits.ts';
import { MessageScanner } from './scanner.ts';

/** Cuts the bytes that a connection delivers into messages. It holds no more than twice what has arrived and was not taken. */
export class Inbox {
  readonly #limits: Limits;
  #bytes: Buffer = Buffer.alloc(0);
  /** How many of the buffer's bytes have arrived. */
  #length = 0;
  #scanner: MessageScanner;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#scanner = new MessageScanner(limits);
  }

  /** Bytes that have arrived and are not part of a message that was taken. */
  get pending(): number {
    return this.#length;
  }

  /** Takes in what has arrived. The bytes are kept as they are where nothing was pending, so their owner must not reuse them. */
  push(chunk: Buffer): void {
    if (this.#length === 0) {
      this.#bytes = chunk;
      this.#length = chunk.length;
      return;
    }
    const needed = this.#length + chunk.length;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = needed;
  }

  /**
   * The next whole message, or `undefined` when there is none yet.
   *
   * @throws OutpostError when what arrived is no message or breaks a limit
   */
  take(): Buffer | undefined {
    if (this.#length === 0) return undefined;
    const end = this.#scanner.scan(this.#bytes.subarray(0, this.#length));
    if (end === undefined) return undefined;
    const message = this.#bytes.subarray(0, end);
    this.#bytes = this.#bytes.subarray(end, this.#length);
    this.#length -= end;
    this.#scanner = new MessageScanner(this.#limits);
    return message;
  }
}
