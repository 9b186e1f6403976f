import type { Socket } from '../sys/sockets.ts';
import { connectUnix } from '../sys/unix-socket.ts';
import { type BusCall, type BusReply, decodeReply, encodeCall, messageBytes } from './message.ts';

/** How long a connection may take for everything together. */
const totalMs = 10_000;
/** How long one read or write may wait. */
const waitMs = 3_000;
/** Calls that are under way at once: enough to hide the way there and back, few enough that both buffers hold them. */
const window = 64;
const longestLine = 4096;

/** A connection to a message bus, or to a program that speaks its protocol without one. Its calls wait. */
export class BusConnection implements Disposable {
  readonly #socket: Socket;
  readonly #deadline = Date.now() + totalMs;
  #received: Buffer = Buffer.alloc(0);
  #serial = 0;

  /** @throws Error when nobody listens at `path`, or whoever does refuses */
  constructor(path: string) {
    this.#socket = connectUnix(path, waitMs);
    try {
      this.#authenticate();
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Makes calls, {@link window} of them at a time; the replies come in their order.
   * @throws Error when the other side is silent for too long or hangs up, RangeError when it sends nonsense
   */
  *calls(requests: readonly BusCall[]): Generator<BusReply> {
    for (let start = 0; start < requests.length; start += window) {
      const some = requests.slice(start, start + window);
      const first = this.#serial + 1;
      this.#socket.write(Buffer.concat(some.map(call => encodeCall(call, ++this.#serial))));
      const replies = new Map<number, BusReply>();
      while (replies.size < some.length) {
        const reply = decodeReply(this.#message());
        if (reply !== undefined && reply.serial >= first && reply.serial <= this.#serial)
          replies.set(reply.serial, reply);
      }
      for (let serial = first; serial <= this.#serial; serial += 1) yield replies.get(serial) as BusReply;
    }
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]();
  }

  /** SASL with the credentials of the socket (D-Bus specification, Authentication Protocol). */
  #authenticate(): void {
    const identity = Buffer.from(String(process.geteuid?.() ?? 0)).toString('hex');
    this.#socket.write(Buffer.from(`\0AUTH EXTERNAL ${identity}\r\n`));
    let end = this.#received.indexOf('\r\n');
    for (; end < 0; end = this.#received.indexOf('\r\n')) {
      if (this.#received.length > longestLine) throw new RangeError('the answer to AUTH is too long');
      this.#receive();
    }
    const answer = this.#received.toString('latin1', 0, end);
    if (!answer.startsWith('OK ')) throw new Error(`the answer to AUTH is ${JSON.stringify(answer.slice(0, 80))}`);
    this.#received = this.#received.subarray(end + 2);
    this.#socket.write(Buffer.from('BEGIN\r\n'));
  }

  #message(): Buffer {
    let length = messageBytes(this.#received);
    while (length === undefined || this.#received.length < length) {
      this.#receive();
      length = messageBytes(this.#received);
    }
    const message = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return message;
  }

  #receive(): void {
    if (Date.now() > this.#deadline) throw new Error(`the other side took more than ${totalMs} ms`);
    const chunk = Buffer.alloc(65_536);
    const count = this.#socket.read(chunk);
    if (count === 0) throw new Error('the other side hung up');
    this.#received = Buffer.concat([this.#received, chunk.subarray(0, count)]);
  }
}
