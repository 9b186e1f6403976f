import {
  ExtensionClient,
  type ExtensionResponse,
  OutpostError,
  type PluginRequest,
  unixEndpoint,
} from '@outpost/protocol';
import type { KnownExtension } from './known-extension.ts';
import type { LeaseLine } from './lease-line.ts';
import type { RegistryCallOptions, RemoteCaller } from './registry.ts';

/** How long one operation may take when its caller says nothing: osquery's `thrift_timeout`, milliseconds. */
export const operationTimeoutMs = 300_000;

/** Runs `work` on a connection of its own to an extension, as osquery does; the connection ends when the signal fires. */
export async function withExtension<T>(
  socketPath: string,
  { timeoutMs = operationTimeoutMs, signal }: RegistryCallOptions,
  work: (client: ExtensionClient) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw new OutpostError('CALL_ABANDONED');
  using client = await ExtensionClient.connect(unixEndpoint(socketPath), { timeoutMs });
  const close = (): void => client.close();
  signal?.addEventListener('abort', close, { once: true });
  try {
    return await work(client);
  } catch (error) {
    throw signal?.aborted ? new OutpostError('CALL_ABANDONED', {}, { cause: error }) : error;
  } finally {
    signal?.removeEventListener('abort', close);
  }
}

/**
 * Calls a plugin of an extension. While it works it counts as alive.
 *
 * @throws OutpostError EXTENSION_NOT_RESPONDING without asking it while it is out of service; SOCKET_NOT_AVAILABLE;
 *   EXTENSION_CALL_FAILED; CALL_DEADLINE; CALL_ABANDONED
 */
export async function callExtension(
  extension: KnownExtension,
  [registry, item, request]: readonly [registry: string, item: string, request: PluginRequest],
  options: RegistryCallOptions,
): Promise<ExtensionResponse> {
  if (extension.outOfService) throw extension.notResponding();
  return atWork(extension, () =>
    extension.leased === undefined
      ? withExtension(extension.socketPath, options, client => client.call(registry, item, request))
      : askLeased(extension.leased.line, [registry, item, request], options),
  );
}

/** Waits for the answer of an extension, which counts as alive meanwhile. */
const atWork = async <Answer>(extension: KnownExtension, ask: () => Promise<Answer>): Promise<Answer> => {
  const ended = extension.callStarted();
  try {
    const answer = await ask();
    extension.seen();
    return answer;
  } finally {
    ended();
  }
};

const askLeased = async (
  line: LeaseLine,
  question: readonly [registry: string, item: string, request: PluginRequest],
  { timeoutMs = operationTimeoutMs, signal }: RegistryCallOptions,
): Promise<ExtensionResponse> => {
  const client = await line.client();
  return client.ask(...question, { timeoutMs, ...(signal && { signal }) });
};

/** What the registry calls the plugins of an extension with; log lines go in batches where it speaks version 2. */
export const callerOf = (extension: KnownExtension): RemoteCaller => {
  const call: RemoteCaller['call'] = (registry, item, request, options = {}) =>
    callExtension(extension, [registry, item, request], options);
  const { leased } = extension;
  if (leased === undefined) return { call };
  return {
    call,
    async logLines(logger, lines, { timeoutMs = operationTimeoutMs, signal } = {}) {
      if (extension.outOfService) throw extension.notResponding();
      const client = await leased.line.client();
      return atWork(extension, () => client.logLines(logger, lines, { timeoutMs, ...(signal && { signal }) }));
    },
  };
};

/** Whether an error says that nobody listens at a socket: there is none, or it refuses connections. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof OutpostError) || error.code !== 'SOCKET_NOT_AVAILABLE') return false;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause && (cause.code === 'ECONNREFUSED' || cause.code === 'ENOENT');
}

/** Whether somebody listens at the socket of an extension, busy or not. */
export async function isListening(socketPath: string, timeoutMs: number): Promise<boolean> {
  try {
    return await withExtension(socketPath, { timeoutMs }, () => Promise.resolve(true));
  } catch (error) {
    return !isRefusal(error);
  }
}
