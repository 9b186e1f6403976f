import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type FlagStore, shellDirectory } from '../flags/index.ts';
import { reasonOf } from '../reason.ts';

/** Whether the shell ends by itself after one command, so that extensions are not worth waiting for. */
const isOneShot = (flags: FlagStore, positionals: readonly string[], stdinIsTerminal: boolean): boolean =>
  positionals.length > 0 || !stdinIsTerminal || flags.get('L') || flags.get('A') !== '' || flags.get('profile') > 0;

/** The file that lists extensions to start: a shell reads one only when it was given. */
export const autoloadFile = (flags: FlagStore): string =>
  flags.isDefault('extensions_autoload') ? '' : flags.get('extensions_autoload');

const namesExtensions = (flags: FlagStore): boolean => flags.get('extension') !== '' || autoloadFile(flags) !== '';

const useShellDirectory = (flags: FlagStore): void => {
  const directory = shellDirectory(flags.program);
  const keepsNothing = flags.isDefault('database_path') && flags.isDefault('disable_database');
  if (keepsNothing) flags.force('disable_database', true);
  if (flags.isDefault('database_path')) flags.force('database_path', join(directory, 'shell.db'));
  if (flags.isDefault('extensions_socket') && !flags.get('disable_extensions')) {
    flags.force('extensions_socket', join(directory, 'shell.em'));
  }
};

/** Sets the flags that are always, or by default, different in a shell: it does not log, is not watched and keeps nothing. */
export const applyShellDefaults = (
  flags: FlagStore,
  positionals: readonly string[],
  stdinIsTerminal: boolean,
): void => {
  flags.force('disable_logging', true);
  flags.force('disable_watchdog', true);
  flags.force('disable_caching', true);
  useShellDirectory(flags);
  if (!isOneShot(flags, positionals, stdinIsTerminal)) return;
  flags.force('disable_events', true);
  if (flags.isDefault('disable_extensions') && !namesExtensions(flags)) flags.force('disable_extensions', true);
};

/**
 * Makes the shell's own directory where it is needed: at a terminal, for the history, and for the socket of extensions.
 * @returns a complaint when it cannot be made; extensions and the database are then off
 */
export const makeShellDirectory = (flags: FlagStore, interactive: boolean): string | undefined => {
  if (!interactive && flags.get('disable_extensions') && flags.get('disable_database')) return undefined;
  const directory = shellDirectory(flags.program);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return undefined;
  } catch (error) {
    flags.force('disable_extensions', true);
    flags.force('disable_database', true);
    const reason = reasonOf(error);
    return `The directory ${directory} cannot be made, so extensions and the database are off: ${reason}.`;
  }
};
