import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint, ExtensionManagerHandler, ExtensionStatus } from '../../protocol/src/index.ts';
import { unixEndpoint } from '../../protocol/src/index.ts';

/** An endpoint in a directory of its own, which goes with the test. */
export function freshEndpoint(context: TestContext): Endpoint {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-protocol-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return unixEndpoint(join(directory, 'socket'));
}

/** A status of success. */
export const ok: ExtensionStatus = { code: 0, message: 'OK', uuid: 0 };

/** A manager that answers something to everything; a test replaces what it is about. */
export const handlerWith = (changes: Partial<ExtensionManagerHandler> = {}): ExtensionManagerHandler => ({
  ping: () => ({ ...ok, message: 'pong' }),
  call: (registry, item, request) => ({ status: ok, response: [{ registry, item, ...request }] }),
  shutdown: () => undefined,
  extensions: () => new Map(),
  options: () => new Map(),
  registerExtension: () => ({ ...ok, uuid: 4711 }),
  deregisterExtension: uuid => ({ ...ok, message: `deregistered ${uuid}` }),
  query: sql => ({ status: ok, response: [{ sql }] }),
  getQueryColumns: sql => ({ status: ok, response: [{ [sql]: 'TEXT' }] }),
  ...changes,
});

/** Waits until something holds; a test's own time limit ends it otherwise. */
export const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await delay(2);
};

/** A promise that a test settles, for handlers that wait for it. */
export const gate = (): { opened: Promise<void>; open: () => void } => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
};

/** A bare connection, for what no well-behaved client sends. */
export class RawClient {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  readonly closed: Promise<void>;
  #onData: () => void = () => undefined;

  constructor({ path }: Endpoint) {
    this.socket = connect({ path });
    this.closed = new Promise(resolve => {
      this.socket.once('close', () => resolve());
    });
    this.socket.on('error', () => this.socket.destroy());
    this.socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#onData();
    });
  }

  /** What has come so far, in hexadecimal. */
  get received(): string {
    return Buffer.concat(this.#chunks).toString('hex');
  }

  send(hex: string): void {
    this.socket.write(Buffer.from(hex, 'hex'));
  }

  /** Waits until so many bytes have come in all. */
  async receive(size: number): Promise<string> {
    while (this.received.length < size * 2) {
      await new Promise<void>(resolve => {
        this.#onData = resolve;
      });
    }
    return this.received;
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
