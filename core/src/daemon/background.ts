import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Starts this program once more, in the background: a session of its own, at the root of the file system, with nothing on its standard streams.
 * @param argv the arguments of this process, relative paths in which mean others there
 * @returns the exit code of this process
 */
export const startInBackground = async (argv: readonly string[]): Promise<number> => {
  const program = [...process.execArgv, process.argv[1] ?? ''];
  const child = spawn(process.execPath, [...program, ...argv, '--nodaemonize'], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
  });
  await once(child, 'spawn');
  child.unref();
  return 0;
};
