/** What core/src/runtime/programs.ts is in the executable. */
import type { Command } from '../../../core/src/runtime/programs.ts';

/** The file that runs, even when the next version lies under its name already: a watcher and its worker are of one version. */
export const ownCommand = (argv: readonly string[]): Command => ({
  command: '/proc/self/exe',
  args: argv,
  argv0: process.argv0,
});

export const ownFiles = (): readonly string[] => [process.execPath];

export const scriptCommand = (path: string): Command => ({ command: process.execPath, args: ['run', path] });

export const watchedScriptCommand = (path: string, _reportTo: string): Command => scriptCommand(path);
