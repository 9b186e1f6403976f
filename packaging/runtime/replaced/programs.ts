/** What core/src/runtime/programs.ts is in the executable. */
import { statSync } from 'node:fs';
import type { Command } from '../../../core/src/runtime/programs.ts';

/** The file that this process runs: while a new version lies under its name already, by way of the process. */
const ownFile = (): string => {
  const byProcess = `/proc/${process.pid}/exe`;
  const [running, named] = [byProcess, process.execPath].map(path => statSync(path, { throwIfNoEntry: false }));
  return running?.ino === named?.ino && running?.dev === named?.dev ? process.execPath : byProcess;
};

export const ownCommand = (argv: readonly string[]): Command => ({
  command: ownFile(),
  args: argv,
  argv0: process.argv0,
});

export const scriptCommand = (path: string): Command => ({ command: ownFile(), args: ['run', path] });
