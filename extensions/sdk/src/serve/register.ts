import {
  ExtensionCode,
  type ExtensionInfo,
  ExtensionManagerClient,
  type ExtensionRegistry,
  OutpostError,
  unixEndpoint,
} from '@outpost/protocol';
import type { PluginDefinition } from '../plugin.ts';
import { sleep } from './wait.ts';

/** What registering needs. */
export interface Registration {
  readonly socket: string;
  readonly info: ExtensionInfo;
  readonly registry: ExtensionRegistry;
  readonly definitions: readonly PluginDefinition[];
  /** How long a name that is still taken is tried again, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const duplicate = 'Duplicate extension registered';
/** Between two attempts to have a name that is taken, milliseconds. */
export const firstPauseMs = 50;
/** The longest of these pauses, milliseconds. */
export const longestPauseMs = 2000;

/** Runs `work` on a connection of its own: a stock manager gives each connection a thread. */
export async function withManager<T>(
  socket: string,
  timeoutMs: number,
  work: (client: ExtensionManagerClient) => Promise<T>,
): Promise<T> {
  using client = await ExtensionManagerClient.connect(unixEndpoint(socket), { timeoutMs });
  return await work(client);
}

/**
 * Registers with the manager. A name that is taken is tried again until the time is up, since the one who has it may be a
 * predecessor that is dying.
 *
 * @returns the extension's uuid.
 * @throws OutpostError REGISTRATION_REFUSED; whatever connecting throws.
 */
export async function register({ socket, info, registry, timeoutMs, signal }: Registration): Promise<number> {
  const deadline = Date.now() + timeoutMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    const status = await withManager(socket, Math.max(timeoutMs, 10_000), client =>
      client.registerExtension(info, registry),
    );
    if (status.code === ExtensionCode.success) return status.uuid;
    const left = deadline - Date.now();
    if (status.message !== duplicate || left <= 0 || !(await sleep(Math.min(pauseMs, left), signal)))
      throw new OutpostError('REGISTRATION_REFUSED', { socket, extension: info.name, message: status.message });
  }
}
