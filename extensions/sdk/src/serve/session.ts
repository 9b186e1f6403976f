import { OutpostError, type Server, serveExtension, unixEndpoint } from '@outpost/protocol';
import type { PluginServer } from './handler.ts';
import { type Registration, register, withManager } from './register.ts';
import { SocketWatch } from './wait.ts';

/** Why a session ended: the agent is gone, it forgot the extension, or the extension is closing. */
export type SessionEnd = 'gone' | 'dropped' | 'closing';

const managerTimeoutMs = 10_000;

/** One registration: the uuid, and the server that listens for it. */
export class Session implements AsyncDisposable {
  readonly uuid: number;
  readonly #name: string;
  readonly #socket: string;
  readonly #server: Server;

  private constructor(uuid: number, { info, socket }: Registration, server: Server) {
    this.uuid = uuid;
    this.#name = info.name;
    this.#socket = socket;
    this.#server = server;
  }

  /** Registers, then listens on `SOCKET.UUID`. @throws as {@link register} does. */
  static async open(registration: Registration, handler: PluginServer): Promise<Session> {
    const uuid = await register(registration);
    handler.uuid = uuid;
    const path = `${registration.socket}.${uuid}`;
    try {
      return new Session(uuid, registration, await serveExtension(unixEndpoint(path), handler));
    } catch (error) {
      await deregister(registration.socket, uuid);
      throw error;
    }
  }

  /**
   * Asks the manager whether it still knows the extension, every `intervalMs` and whenever its socket is removed or made, until it
   * does not or the signal fires.
   */
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
      return extensions.get(this.uuid)?.name === this.#name ? 'known' : 'dropped';
    } catch (error) {
      return isSlow(error) ? 'known' : 'gone';
    }
  }

  /** Tells the manager that the extension leaves. */
  async deregister(): Promise<void> {
    await deregister(this.#socket, this.uuid);
  }

  /** Stops listening and removes the socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
  }
}

/** Whether an agent is there but too busy to answer: it has not forgotten anybody. */
function isSlow(error: unknown): boolean {
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
