import type { PluginDefinition } from '../plugin.ts';
import type { QueryRow } from './asking.ts';
import type { RegistryChanges, Running, ServeOptions } from './serve.ts';

export type { QueryRow, RegistryChanges, Running, ServeOptions };

/**
 * Serves plugins to an agent from this process: waits for the agent, registers, listens, and registers again whenever the agent
 * forgot the extension or came back. What talks to sockets is loaded by the first call, so a module that is loaded in process
 * does not pay for it.
 *
 * Where the command line is the process's own, an error that nobody catches is one sentence on standard error and exit code 1.
 *
 * @returns once registered.
 * @throws OutpostError EXTENSION_ARGUMENTS_INVALID, MANAGER_NOT_FOUND, REGISTRATION_REFUSED, SOCKET_PATH_TOO_LONG,
 *   DEFINITION_INVALID for what no definition is or has the name of another.
 */
export async function serve(definitions: readonly PluginDefinition[], options: ServeOptions): Promise<Running> {
  const serving = await import('./serve.ts');
  try {
    return await serving.serve(definitions, options);
  } catch (error) {
    if (options.argv === undefined) (await import('./process.ts')).sayUncaught(error);
    throw error;
  }
}
