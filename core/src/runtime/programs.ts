import { isAbsolute } from 'node:path';

/** A program and how it is started. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  /** What the program finds as its own name; the command, when left out. */
  readonly argv0?: string;
}

/** Starts what this process runs, with arguments of its own. */
export const ownCommand = (argv: readonly string[]): Command => ({
  command: process.execPath,
  args: [...process.execArgv, process.argv[1] ?? '', ...argv],
});

/** The files of this program, absolute: who may write them decides what it runs. */
export const ownFiles = (): readonly string[] =>
  [process.execPath, process.argv[1] ?? ''].filter(path => isAbsolute(path));

/** Runs a script with the agent's own runtime, and its packages where the script has none of its own. */
export const scriptCommand = (path: string): Command => ({
  command: process.execPath,
  args: ['--import', new URL('provide-sdk.ts', import.meta.url).href, path],
});

/** As {@link scriptCommand}; the paths of the modules that the script loads are added to a file, a line each, where that can be done. */
export const watchedScriptCommand = (path: string, reportTo: string): Command => {
  const { command, args } = scriptCommand(path);
  const reporter = new URL('report-imports.ts', import.meta.url);
  reporter.searchParams.set('to', reportTo);
  return { command, args: ['--import', reporter.href, ...args] };
};
