import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { requestLimits } from '../binary/limits.ts';
import type { Endpoint } from '../endpoint.ts';
import { OutpostError } from '../errors.ts';
import { loadStructs } from '../messages/structs.ts';
import { type ConnectionContext, ServerConnection } from './connection.ts';
import type { Server, ServerOptions } from './options.ts';
import type { Service } from './service.ts';
import { listen } from './socket.ts';
import { noStatistics, type ServerStatistics } from './statistics.ts';

class SocketServer implements Server {
  readonly endpoint: Endpoint;
  readonly #net: NetServer;
  readonly #connections = new Set<ServerConnection>();
  readonly #statistics: ServerStatistics;
  readonly #context: ConnectionContext;
  readonly #options: ServerOptions;
  #closed: Promise<void> | undefined;

  constructor(endpoint: Endpoint, context: ConnectionContext, options: ServerOptions) {
    this.endpoint = endpoint;
    this.#context = context;
    this.#statistics = context.statistics;
    this.#options = options;
    this.#net = createServer(socket => this.#accept(socket));
  }

  get statistics(): Readonly<ServerStatistics> {
    return { ...this.#statistics };
  }

  async listen(): Promise<void> {
    await listen(this.#net, this.endpoint.path, this.#options.group);
    this.#net.on('error', cause => {
      this.#context.onFault(
        new OutpostError('SOCKET_UNUSABLE', { path: this.endpoint.path, reason: cause.message }),
        undefined,
      );
    });
  }

  #accept(socket: Socket): void {
    const peer = this.#options.peerOf?.(socket);
    const limit = this.#options.connections ?? 256;
    if (this.#connections.size >= limit && !this.#evict()) {
      this.#statistics.refused += 1;
      socket.on('error', () => undefined).destroy();
      this.#context.onFault(new OutpostError('CONNECTIONS_EXHAUSTED', { path: this.endpoint.path, limit }), peer);
      return;
    }
    const connection = new ServerConnection(socket, peer, this.#context, () => {
      this.#connections.delete(connection);
      this.#statistics.connections = this.#connections.size;
    });
    this.#connections.add(connection);
    this.#statistics.accepted += 1;
    this.#statistics.connections = this.#connections.size;
  }

  /** Closes the connection that was idle longest, if there is one. */
  #evict(): boolean {
    const [longest] = [...this.#connections].filter(({ idle }) => idle).sort((a, b) => a.idleSince - b.idleSince);
    if (longest === undefined) return false;
    this.#statistics.evicted += 1;
    this.#connections.delete(longest);
    longest.destroy();
    return true;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#net.close(() => resolve());
    for (const connection of this.#connections) connection.end();
    const timer = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy();
    }, this.#options.closeTimeoutMs ?? 1000);
    await promise;
    clearTimeout(timer);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Makes a server of a service and lets it listen. */
export async function serve(endpoint: Endpoint, service: Service, options: ServerOptions): Promise<Server> {
  const server = new SocketServer(
    endpoint,
    {
      path: endpoint.path,
      service,
      structs: await loadStructs(),
      limits: options.limits ?? requestLimits,
      pendingBytes: options.pendingBytes ?? 256 * 1024 * 1024,
      messageTimeoutMs: options.messageTimeoutMs ?? 60_000,
      callTimeoutMs: options.callTimeoutMs ?? 300_000,
      statistics: noStatistics(),
      onFault: options.onFault ?? (() => undefined),
    },
    options,
  );
  await server.listen();
  return server;
}
