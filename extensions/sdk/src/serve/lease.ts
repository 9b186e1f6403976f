import {
  ExtensionManagerClient2,
  type LeaseGrant,
  leaseStates,
  OutpostError,
  protocolOption,
  type RegistryUpdate,
  type Server,
  serveExtension,
  unixEndpoint,
} from '@outpost/protocol';
import { documentsOf } from '../plugin.ts';
import type { PluginServer } from './handler.ts';
import { firstPauseMs, longestPauseMs, type Registration, withManager } from './register.ts';
import { isSlow, managerTimeoutMs, type Session, type SessionEnd } from './session.ts';
import { SocketWatch, sleep } from './wait.ts';

/** Whether the manager at a socket speaks version 2. */
export const speaksVersion2 = async (socket: string): Promise<boolean> => {
  const options = await withManager(socket, managerTimeoutMs, client => client.options());
  return Number(options.get(protocolOption.name)?.value ?? 0) >= Number(protocolOption.value);
};

/** One connection to a manager, made again when it has ended. */
class ManagerConnection {
  readonly #socket: string;
  #client: Promise<ExtensionManagerClient2> | undefined;

  constructor(socket: string) {
    this.#socket = socket;
  }

  async client(): Promise<ExtensionManagerClient2> {
    const known = await this.#client?.catch(() => undefined);
    if (known !== undefined && !known.closed) return known;
    this.#client = ExtensionManagerClient2.connect(unixEndpoint(this.#socket), { timeoutMs: managerTimeoutMs });
    return this.#client;
  }

  close(): void {
    this.#client?.then(
      client => client.close(),
      () => undefined,
    );
  }
}

/** Asks for a lease. A name that is taken is asked for again until the time is up, as in `register`. */
const openLease = async (
  connection: ManagerConnection,
  { socket, info, registry, definitions, timeoutMs, signal }: Registration,
): Promise<LeaseGrant> => {
  const deadline = Date.now() + timeoutMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      const client = await connection.client();
      return await client.openLease(info, registry, documentsOf(definitions), {
        timeoutMs: Math.max(timeoutMs, managerTimeoutMs),
      });
    } catch (error) {
      if (!(error instanceof OutpostError)) throw error;
      const { code, message } = error;
      if (code !== 'LEASE_HELD' && code !== 'LEASE_REFUSED') throw error;
      const left = deadline - Date.now();
      if (code === 'LEASE_HELD' && left > 0 && (await sleep(Math.min(pauseMs, left), signal))) continue;
      throw new OutpostError('REGISTRATION_REFUSED', { socket, extension: info.name, message }, { cause: error });
    }
  }
};

/** A lease, and the server that listens for it. */
export class LeaseSession implements Session {
  readonly #socket: string;
  readonly #grant: LeaseGrant;
  readonly #connection: ManagerConnection;
  readonly #server: Server;

  private constructor(socket: string, grant: LeaseGrant, connection: ManagerConnection, server: Server) {
    this.#socket = socket;
    this.#grant = grant;
    this.#connection = connection;
    this.#server = server;
  }

  /** Opens a lease, then listens on `SOCKET.UUID`. @throws OutpostError REGISTRATION_REFUSED; whatever connecting throws */
  static async open(registration: Registration, handler: PluginServer): Promise<LeaseSession> {
    const { socket } = registration;
    const connection = new ManagerConnection(socket);
    try {
      const grant = await openLease(connection, registration);
      const { uuid } = grant.lease;
      handler.uuid = uuid;
      try {
        const server = await serveExtension(unixEndpoint(`${socket}.${uuid}`), handler);
        return new LeaseSession(socket, grant, connection, server);
      } catch (error) {
        await (await connection.client()).deregisterExtension(uuid);
        throw error;
      }
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Renews the lease as often as the manager wants it, and whenever its socket is removed or made. */
  async watch(intervalMs: number, signal: AbortSignal): Promise<SessionEnd> {
    using changes = new SocketWatch(this.#socket);
    let pauseMs = this.#grant.intervalMs || intervalMs;
    for (;;) {
      await changes.pause(pauseMs, signal);
      if (signal.aborted) return 'closing';
      try {
        const answer = await (await this.#connection.client()).renew(this.#grant.lease);
        if (answer.state === leaseStates.unknown) return 'dropped';
        if (answer.state === leaseStates.replaced) return 'replaced';
        pauseMs = answer.intervalMs || pauseMs;
      } catch (error) {
        if (!isSlow(error)) return 'gone';
      }
    }
  }

  /** The connection to the manager, for whatever the extension asks of it. */
  manager(): Promise<ExtensionManagerClient2> {
    return this.#connection.client();
  }

  async update(update: RegistryUpdate): Promise<void> {
    await (await this.#connection.client()).updateRegistry(this.#grant.lease, update);
  }

  async deregister(): Promise<void> {
    try {
      await (await this.#connection.client()).deregisterExtension(this.#grant.lease.uuid);
    } catch {
      return; // nobody answers there any more, so nobody has to be told
    }
  }

  /** Stops listening and removes the socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    await this.#server.close();
  }
}
