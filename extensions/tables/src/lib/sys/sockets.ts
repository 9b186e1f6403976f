import fs from 'node:fs';
import { getSystemErrorName } from 'node:util';
import { libc } from './libc.ts';

/** Functions of socket(2) and its like, typed by hand: koffi's are not. */
interface Calls {
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly setsockopt: (descriptor: number, level: number, name: number, value: Buffer, length: number) => number;
  readonly getsockopt: (descriptor: number, level: number, name: number, value: Buffer, length: Uint32Array) => number;
  readonly connect: (descriptor: number, address: Buffer, length: number) => number;
  readonly ioctl: (descriptor: number, request: number, argument: Buffer) => number;
  readonly close: (descriptor: number) => number;
}

const closeOnExec = 0o2000000;
const socketLevel = 1;
const receiveTimeout = 20;
const sendTimeout = 21;

let bound: Calls | undefined;

function calls(): Calls {
  if (bound === undefined) {
    const { library } = libc();
    bound = {
      socket: library.func('int socket(int domain, int type, int protocol)'),
      setsockopt: library.func('int setsockopt(int fd, int level, int name, void *value, uint32_t length)'),
      getsockopt: library.func('int getsockopt(int fd, int level, int name, void *value, void *length)'),
      connect: library.func('int connect(int fd, void *address, uint32_t length)'),
      ioctl: library.func('int ioctl(int fd, unsigned long request, void *argument)'),
      close: library.func('int close(int fd)'),
    };
  }
  return bound;
}

/** A system call that failed, with its `errno`. */
export class SystemCallError extends Error {
  override readonly name = 'SystemCallError';
  readonly errno: number;
  /** Its name, as errors of node:fs have it. */
  readonly code: string;

  constructor(what: string, errno: number) {
    const code = getSystemErrorName(-errno);
    super(`${what} failed: ${code}`);
    this.errno = errno;
    this.code = code;
  }
}

function check(what: string, result: number): void {
  if (result < 0) throw new SystemCallError(what, libc().koffi.errno());
}

/** A `struct timeval` of a 64-bit Linux. */
function timeval(milliseconds: number): Buffer {
  const value = Buffer.alloc(16);
  value.writeBigInt64LE(BigInt(Math.floor(milliseconds / 1000)), 0);
  value.writeBigInt64LE(BigInt((milliseconds % 1000) * 1000), 8);
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

/** What kind of socket(2). */
export interface SocketKind {
  readonly domain: number;
  readonly type: number;
  readonly protocol?: number;
}

/** A socket whose calls wait, as a generator's must; never longer than a given time each. */
export class Socket implements Disposable {
  readonly #descriptor: number;
  readonly #timeoutMs: number;

  /** @throws SystemCallError */
  constructor({ domain, type, protocol = 0 }: SocketKind, timeoutMs: number) {
    const { socket, setsockopt } = calls();
    this.#timeoutMs = timeoutMs;
    this.#descriptor = socket(domain, type | closeOnExec, protocol);
    check('socket', this.#descriptor);
    try {
      const limit = timeval(timeoutMs);
      for (const option of [receiveTimeout, sendTimeout])
        check('setsockopt', setsockopt(this.#descriptor, socketLevel, option, limit, limit.length));
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** @throws SystemCallError */
  connect(address: Buffer): void {
    check('connect', calls().connect(this.#descriptor, address, address.length));
  }

  /** Fills `value` with an option. @throws SystemCallError */
  getOption(level: number, name: number, value: Buffer): void {
    check('getsockopt', calls().getsockopt(this.#descriptor, level, name, value, new Uint32Array([value.length])));
  }

  /** @throws SystemCallError */
  control(request: number, argument: Buffer): void {
    check('ioctl', calls().ioctl(this.#descriptor, request, argument));
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
    // Not by node:fs, which in a thread wonders at a descriptor that it did not open.
    if (this.#descriptor >= 0) calls().close(this.#descriptor);
  }
}
