import type { Endpoint } from '../endpoint.ts';
import type { ExtensionHandler, ExtensionManagerHandler } from './handlers.ts';
import type { ExtensionHandler2, ExtensionManagerHandler2 } from './handlers2.ts';
import type { Server, ServerOptions } from './options.ts';

/** What only a server needs (sockets, messages, generated code) is loaded when one is started, not when a program starts. */
const load = async () => ({ ...(await import('./socket-server.ts')), ...(await import('./service.ts')) });

/**
 * Serves an extension, of version 2 when its handler is. The socket is made with mode 0600; one that a dead process of this user left there is replaced.
 *
 * @throws OutpostError SOCKET_IN_USE, SOCKET_PATH_OCCUPIED or SOCKET_UNUSABLE
 */
export async function serveExtension(
  endpoint: Endpoint,
  handler: ExtensionHandler | ExtensionHandler2,
  options: ServerOptions = {},
): Promise<Server> {
  const { serve, extensionService } = await load();
  return serve(endpoint, extensionService(handler), options);
}

/** Serves the core's extension manager; otherwise as {@link serveExtension}. */
export async function serveManager(
  endpoint: Endpoint,
  handler: ExtensionManagerHandler | ExtensionManagerHandler2,
  options: ServerOptions = {},
): Promise<Server> {
  const { serve, managerService } = await load();
  return serve(endpoint, managerService(handler), options);
}
