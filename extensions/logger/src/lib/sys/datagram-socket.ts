import { createRequire } from 'node:module';
import type koffi from 'koffi';

type Koffi = typeof koffi;

/** Of Linux, the same on every architecture: AF_UNIX; SOCK_DGRAM with SOCK_CLOEXEC; MSG_DONTWAIT with MSG_NOSIGNAL. */
const [unix, datagram, atOnce] = [1, 2 | 0o2000000, 0x40 | 0x4000];
/** `struct sockaddr_un`: the family and 108 bytes of path (unix(7)). */
const addressBytes = 110;

/** A datagram that could not be sent. */
export class SendError extends Error {
  /** The name of the error of the system, such as `ECONNREFUSED`. */
  readonly code: string;

  constructor(path: string, code: string) {
    super(`Cannot send to ${path}: ${code}`);
    this.code = code;
  }
}

const bindings = (koffi: Koffi) => {
  const library = koffi.load(null);
  return {
    socket: library.func('int socket(int domain, int type, int protocol)'),
    connect: library.func('int connect(int socket, const void *address, uint32_t length)'),
    send: library.func('long send(int socket, const void *bytes, size_t length, int flags)'),
    close: library.func('int close(int fd)'),
    errorName: (): string => {
      const number = koffi.errno();
      const [name] = Object.entries(koffi.os.errno).find(([, value]) => value === number) ?? [`error ${number}`];
      return name;
    },
  };
};

const addressOf = (path: string): Buffer => {
  const address = Buffer.alloc(addressBytes);
  address.writeUInt16LE(unix, 0);
  if (Buffer.byteLength(path) > addressBytes - 3) throw new SendError(path, 'ENAMETOOLONG');
  address.write(path, 2);
  return address;
};

/** A Unix datagram socket that is connected to a path; Node.js has none. Nothing here waits. */
export class DatagramSocket {
  readonly #path: string;
  readonly #system: ReturnType<typeof bindings>;
  #descriptor = -1;

  constructor(path: string) {
    this.#path = path;
    this.#system = bindings(createRequire(import.meta.url)('koffi'));
  }

  /** Sends one datagram; connects first when there is no connection. @throws SendError, after which the connection is made anew */
  send(bytes: Uint8Array): void {
    if (this.#descriptor < 0) this.#connect();
    const sent: number = this.#system.send(this.#descriptor, bytes, bytes.length, atOnce);
    if (Number(sent) < 0) this.#fail();
  }

  /** Ends the connection. */
  close(): void {
    if (this.#descriptor >= 0) this.#system.close(this.#descriptor);
    this.#descriptor = -1;
  }

  #connect(): void {
    const address = addressOf(this.#path);
    this.#descriptor = this.#system.socket(unix, datagram, 0);
    if (this.#descriptor < 0 || this.#system.connect(this.#descriptor, address, address.length) < 0) this.#fail();
  }

  #fail(): never {
    const code = this.#system.errorName();
    this.close();
    throw new SendError(this.#path, code);
  }
}
