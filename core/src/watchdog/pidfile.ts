import { closeSync, existsSync, fchmodSync, fstatSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OutpostError } from '@outpost/protocol';
import { isAlive } from '../alive.ts';

/** Mode and content of the file are osquery's: the decimal number alone. */
const fileMode = 0o600;
/** How long a process may take to be gone after SIGKILL, milliseconds. */
const goneMs = 10_000;

/** Whether a process is an agent, by its command line; without /proc any may be one. */
const isAgent = (pid: number): boolean => {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').slice(0, 8);
    return words.some(word => /(?:outpost|osquery)d/.test(basename(word)));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT' || !existsSync('/proc/self');
  }
};

/** The living agent that holds a pid file. A pid that another program has by now is left behind by one that was killed. */
const holderOf = (path: string): number | undefined => {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
    const held = Number.isInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid) && isAgent(pid);
    return held ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new OutpostError('PIDFILE_UNUSABLE', { path, reason: (error as Error).message }, { cause: error });
  }
};

/** The children of a process: of a watcher, its worker and extensions. */
const childrenOf = (pid: number): number[] => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    // The kernel does not tell, or the process is gone: then only the process itself is waited for.
    return [];
  }
};

/** Kills the agent that holds a pid file, if there is one, and waits until it and its children are gone, or the time for that is over. */
export const killHolder = async (path: string): Promise<void> => {
  const holder = holderOf(path);
  if (holder === undefined) return;
  const family = [holder, ...childrenOf(holder)];
  process.stderr.write(`Killing the agent ${holder}, which holds the pid file ${path} (--force).\n`);
  process.kill(holder, 'SIGKILL');
  const deadline = performance.now() + goneMs;
  while (family.some(isAlive) && performance.now() < deadline) await delay(20);
};

/**
 * Writes our pid to `path`, unless a living agent holds it.
 * @returns a function that removes the file again, if it is still ours
 * @throws OutpostError PIDFILE_HELD, PIDFILE_UNUSABLE
 */
export const takePidfile = (path: string): (() => void) => {
  const holder = holderOf(path);
  if (holder !== undefined) throw new OutpostError('PIDFILE_HELD', { path, pid: holder });
  let inode: number;
  try {
    const descriptor = openSync(path, 'w', fileMode);
    fchmodSync(descriptor, fileMode);
    writeSync(descriptor, String(process.pid));
    inode = fstatSync(descriptor).ino;
    closeSync(descriptor);
  } catch (error) {
    throw new OutpostError('PIDFILE_UNUSABLE', { path, reason: (error as Error).message }, { cause: error });
  }
  return () => {
    try {
      const descriptor = openSync(path, 'r');
      const ours = fstatSync(descriptor).ino === inode;
      closeSync(descriptor);
      if (ours) unlinkSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  };
};
