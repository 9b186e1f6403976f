import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { ownerVariables } from './orphans.ts';
import type { ExtensionProgram } from './program.ts';

const setpriv = '/usr/bin/setpriv';
const dieWithParent = ['--pdeathsig', 'KILL', '--'];

let usable: boolean | undefined;

/** Whether util-linux's setpriv can tie the life of a program to ours: since 2.33 it can. Found out once. */
function hasSetpriv(): boolean {
  usable ??=
    existsSync(setpriv) && spawnSync(setpriv, [...dieWithParent, '/bin/true'], { stdio: 'ignore' }).status === 0;
  return usable;
}

/** What every extension is told. */
export interface LaunchOptions {
  /** The manager's socket. */
  readonly socket: string;
  readonly timeoutSeconds: number;
  readonly intervalSeconds: number;
  readonly verbose: boolean;
}

const flagsOf = ({ socket, timeoutSeconds, intervalSeconds, verbose }: LaunchOptions): string[] => [
  ...['--socket', socket, '--timeout', String(timeoutSeconds), '--interval', String(intervalSeconds)],
  ...(verbose ? ['--verbose'] : []),
];

/** PATH begins with our Node.js, so that `#!/usr/bin/env node` runs the version this agent was tested with. */
const environment = (socket: string): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: [dirname(process.execPath), process.env.PATH ?? '/usr/bin:/bin'].join(delimiter),
  [ownerVariables.pid]: String(process.pid),
  [ownerVariables.socket]: socket,
});

/**
 * Starts an extension in a session, and so a process group, of its own: a signal to `-pid` reaches whatever it started.
 *
 * Where setpriv exists the kernel kills it when the thread that started it dies (prctl(2), PR_SET_PDEATHSIG), so a killed watcher
 * leaves none behind; setpriv replaces itself with the program, whose pid it is. Call this from the main thread, which ends last.
 */
export function launch({ command, args }: ExtensionProgram, options: LaunchOptions): ChildProcess {
  const words = [command, ...args, ...flagsOf(options)];
  const [file = command, ...rest] = hasSetpriv() ? [setpriv, ...dieWithParent, ...words] : words;
  return spawn(file, rest, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: environment(options.socket) });
}

/** Sends a signal to a process group. @returns whether anybody was there to get it */
export function signalGroup(leaderPid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-leaderPid, signal);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH' || code === 'EPERM') return false; // nobody is left, or only processes of another user
    throw error;
  }
}
