import fs from 'node:fs';
import { libc } from './libc.ts';

const family = 1;
const stream = 1;
const closeOnExec = 0o2000000;
const level = 1;
const receiveTimeout = 20;
const sendTimeout = 21;
/** `sun_path` without the NUL that ends it (unix(7)). */
const longestPath = 107;

/** Functions of socket(2), typed by hand: koffi's are not. */
interface Calls {
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly setsockopt: (descriptor: number, level: number, name: number, value: Buffer, length: number) => number;
  readonly connect: (descriptor: number, address: Buffer, length: number) => number;
}

let bound: Calls | undefined;

function calls(): Calls {
  if (bound === undefined) {
    const { library } = libc();
    bound = {
      socket: library.func('int socket(int domain, int type, int protocol)'),
      setsockopt: library.func('int setsockopt(int fd, int level, int name, void *value, uint32_t length)'),
      connect: library.func('int connect(int fd, void *address, uint32_t length)'),
    };
  }
  return bound;
}

function check(what: string, result: number): number {
  if (result < 0) throw new Error(`${what} failed with errno ${libc().koffi.errno()}`);
  return result;
}

/** A `struct timeval` of a 64-bit Linux. */
function timeval(milliseconds: number): Buffer {
  const value = Buffer.alloc(16);
  value.writeBigInt64LE(BigInt(Math.floor(milliseconds / 1000)), 0);
  value.writeBigInt64LE(BigInt((milliseconds % 1000) * 1000), 8);
  return value;
}

function address(path: string): Buffer {
  const bytes = Buffer.from(path);
  if (bytes.length > longestPath)
    throw new RangeError(`the path of a socket has at most ${longestPath} bytes, not ${bytes.length}`);
  const value = Buffer.alloc(3 + bytes.length);
  value.writeUInt16LE(family, 0);
  bytes.copy(value, 2);
  return value;
}

/** Runs a read or write; EAGAIN is how the kernel says that the time is over. */
function within<T>(timeoutMs: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const late = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
    throw late ? new Error(`no answer within ${timeoutMs} ms`, { cause: error }) : error;
  }
}

/** A stream socket whose calls wait, as a generator's must; never longer than a given time each. */
export class UnixSocket implements Disposable {
  readonly #descriptor: number;
  readonly #timeoutMs: number;

  /** @throws Error when nobody listens at `path`, or nobody answers within `timeoutMs` */
  constructor(path: string, timeoutMs: number) {
    const place = address(path);
    this.#timeoutMs = timeoutMs;
    const { socket, setsockopt, connect } = calls();
    this.#descriptor = check('socket', socket(family, stream | closeOnExec, 0));
    try {
      const limit = timeval(timeoutMs);
      for (const option of [receiveTimeout, sendTimeout])
        check('setsockopt', setsockopt(this.#descriptor, level, option, limit, limit.length));
      check('connect', connect(this.#descriptor, place, place.length));
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** @throws as `fs.writeSync`; Error after the time-out */
  write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; )
      done += within(this.#timeoutMs, () => fs.writeSync(this.#descriptor, bytes, done));
  }

  /** Waits for bytes; the number read into `buffer`, 0 at the end. @throws as `fs.readSync`; Error after the time-out */
  read(buffer: Uint8Array): number {
    return within(this.#timeoutMs, () => fs.readSync(this.#descriptor, buffer, 0, buffer.length, null));
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.#descriptor);
  }
}
