import {
  type ExtensionManagerClient2,
  OutpostError,
  type RegistryUpdate,
  type Server,
  serveExtension,
  unixEndpoint,
} from '@outpost/protocol';
import type { PluginServer } from './handler.ts';
import { type Registration, register, withManager } from './register.ts';
import { SocketWatch } from './wait.ts';

/** Why a session ended: the agent is gone, it forgot the extension, it has another one of this name, or the extension is closing. */
export type SessionEnd = 'gone' | 'dropped' | 'replaced' | 'closing';

/** One registration, and the server that listens for it. */
export interface Session extends AsyncDisposable {
  /**
   * Asks the manager whether it still knows the extension, every `intervalMs` and whenever its socket is removed or made, until it
   * does not or the signal fires.
   */
  watch(intervalMs: number, signal: AbortSignal): Promise<SessionEnd>;
  /** A connection to a manager that speaks version 2; undefined where it does not. */
  manager(): Promise<ExtensionManagerClient2> | undefined;
  /** Changes the plugins of the registration. @throws OutpostError LEASE_REFUSED, LEASE_UNKNOWN, UPDATE_UNSUPPORTED */
  update(update: RegistryUpdate): Promise<void>;
  /** Tells the manager that the extension leaves. */
  deregister(): Promise<void>;
}

/** How long a manager may take to answer what it does not have to work on, milliseconds. */
export const managerTimeoutMs = 10_000;

/** A registration with a manager of version 1. */
export class StockSession implements Session {
  readonly #uuid: number;
  readonly #name: string;
  readonly #socket: string;
  readonly #server: Server;

  private constructor(uuid: number, { info, socket }: Registration, server: Server) {
    this.#uuid = uuid;
    this.#name = info.name;
    this.#socket = socket;
    this.#server = server;
  }

  /** Registers, then listens on `SOCKET.UUID`. @throws as {@link register} does. */
  static async open(registration: Registration, handler: PluginServer): Promise<StockSession> {
    const uuid = await register(registration);
    handler.uuid = uuid;
    const path = `${registration.socket}.${uuid}`;
    try {
      return new StockSession(uuid, registration, await serveExtension(unixEndpoint(path), handler));
    } catch (error) {
      await deregister(registration.socket, uuid);
      throw error;
    }
  }

  async watch(intervalMs: number, signal: AbortSignal): Promise<SessionEnd> {
    using changes = new SocketWatch(this.#socket);
    for (;;) {
      await changes.pause(intervalMs, signal);
      if (signal.aborted) return 'closing';
      const known = await this.#known();
      if (known !== 'known') return known;
    }
  }

  async #known(): Promise<'known' | SessionEnd> {
    try {
      const extensions = await withManager(this.#socket, managerTimeoutMs, client => client.extensions());
      return extensions.get(this.#uuid)?.name === this.#name ? 'known' : 'dropped';
    } catch (error) {
      return isSlow(error) ? 'known' : 'gone';
    }
  }

  manager(): undefined {
    return undefined;
  }

  update(): Promise<void> {
    return Promise.reject(new OutpostError('UPDATE_UNSUPPORTED', { socket: this.#socket }));
  }

  async deregister(): Promise<void> {
    await deregister(this.#socket, this.#uuid);
  }

  /** Stops listening and removes the socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
  }
}

/** Whether an agent is there but too busy to answer: it has not forgotten anybody. */
export function isSlow(error: unknown): boolean {
  if (!(error instanceof OutpostError)) return false;
  const { cause } = error;
  return error.code === 'CALL_DEADLINE' || (cause instanceof Error && cause.name === 'TimeoutError');
}

async function deregister(socket: string, uuid: number): Promise<void> {
  try {
    await withManager(socket, managerTimeoutMs, client => client.deregisterExtension(uuid));
  } catch {
    return; // nobody answers there any more, so nobody has to be told
  }
}
