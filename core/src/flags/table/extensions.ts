import { cli, runtime } from '../definition.ts';
import { autoloadPath, socketPath } from '../paths.ts';

const seconds = (text: string): string | undefined =>
  /^\d{1,9}$/.test(text) ? undefined : 'It takes a whole number of seconds';

/** Flags of the extension manager and the extension processes. */
export const extensionFlags = {
  disable_extensions: cli('bool', 'false', 'Open no socket for extensions and start none'),
  external_tables: cli('string', '', 'Comma-separated tables of the agent that are left to extensions'),
  plugins: cli('string', '', 'Comma-separated modules whose plugins run in this process'),
  extensions_autoload: cli('string', autoloadPath, 'File that lists the extensions to start, one a line'),
  extensions_default_index: runtime(
    'bool',
    'true',
    'Push constraints down on columns of extension tables that declare no options',
  ),
  extensions_group: cli('string', '', 'Group, by name or number, whose members may connect and register extensions'),
  extensions_interval: cli('string', '3', 'Seconds between signs of life of an extension', { check: seconds }),
  extensions_memory_limit: cli('uint64', '0', 'MB by which an extension may grow, 0 for any'),
  extensions_policy: cli('string', '', 'File that says what each extension may do'),
  extensions_require: cli('string', '', 'Comma-separated extensions that must register before the schedule starts'),
  extensions_socket: cli('string', socketPath, 'Path of the socket that extensions connect to'),
  extensions_utilization_limit: cli('uint64', '0', 'Percent of all CPUs that an extension may take, 0 for any'),
  extensions_timeout: cli('string', '3', 'Seconds to wait for a socket or a required extension', { check: seconds }),
};
