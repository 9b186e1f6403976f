import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ownCommand } from '../runtime/programs.ts';

/**
 * Starts this program once more, in the background: a session of its own, at the root of the file system, with nothing on its standard streams.
 * @param argv the arguments of this process, relative paths in which mean others there
 * @returns the exit code of this process
 */
export const startInBackground = async (argv: readonly string[]): Promise<number> => {
  const { command, args, argv0 } = ownCommand(['daemon', ...argv, '--nodaemonize']);
  const child = spawn(command, args, {
    argv0,
    detached: true,
    stdio: 'ignore',
    cwd: '/',
  });
  await once(child, 'spawn');
  child.unref();
  return 0;
};
