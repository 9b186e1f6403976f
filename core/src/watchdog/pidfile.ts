import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OutpostError } from '@outpost/protocol/errors';
import { isAlive } from '../alive.ts';
import { monotonicMs } from '../monotonic.ts';
import { lockFile } from '../system.ts';

/** Mode and content of the file are osquery's: the decimal number alone. */
const fileMode = 0o600;
/** How long a process may take to be gone after SIGKILL, milliseconds. */
const goneMs = 10_000;
/** How often the file may go, because its holder ends, between our opening and our locking it. */
const tries = 10;

const unusable = (path: string, error: unknown): OutpostError =>
  new OutpostError('PIDFILE_UNUSABLE', { path, reason: (error as Error).message }, { cause: error });

/** Whether a path still names the file of a descriptor. */
const isNamed = (path: string, descriptor: number): boolean =>
  statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(descriptor).ino;

/** Opens a file and locks it. @returns its descriptor; undefined when another process has it locked */
const openLocked = (path: string): number | undefined => {
  for (let left = tries; left > 0; left--) {
    const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK, fileMode);
    try {
      if (!lockFile(descriptor)) {
        closeSync(descriptor);
        return undefined;
      }
      if (isNamed(path, descriptor)) return descriptor;
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
    closeSync(descriptor);
  }
  throw new Error('it is removed again and again');
};

/** The process that a pid file names; undefined when it names none. */
const namedBy = (path: string): number | undefined => {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Whether a process is an agent, by its command line. */
const isAgent = (pid: number): boolean => {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').slice(0, 8);
    return words.some(word => /^(?:outpost|osquery)d?(?:\.mjs)?$/.test(basename(word)));
  } catch {
    // It is gone, or not to be seen: not to be killed either.
    return false;
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

/**
 * Kills the agent that has a pid file locked, if there is one, and waits until it and its children are gone, or the time for that is over. A
 * program of another name is left alone.
 * @throws OutpostError PIDFILE_UNUSABLE
 */
export const killHolder = async (path: string): Promise<void> => {
  const free = lockable(path);
  const holder = free ? undefined : namedBy(path);
  if (holder === undefined) return;
  if (!isAgent(holder)) {
    process.stderr.write(`The process ${holder}, which holds the pid file ${path}, is no agent and is not killed.\n`);
    return;
  }
  const family = [holder, ...childrenOf(holder)];
  process.stderr.write(`Killing the agent ${holder}, which holds the pid file ${path} (--force).\n`);
  process.kill(holder, 'SIGKILL');
  const deadline = monotonicMs() + goneMs;
  while ((family.some(isAlive) || !lockable(path)) && monotonicMs() < deadline) await delay(20);
};

/** Whether nobody has the file locked. */
const lockable = (path: string): boolean => {
  try {
    const descriptor = openLocked(path);
    if (descriptor !== undefined) closeSync(descriptor);
    return descriptor !== undefined;
  } catch (error) {
    throw unusable(path, error);
  }
};

/**
 * Locks `path` for as long as this process lives and writes our pid to it. The lock decides, not the number: one that was left behind is
 * nobody's, and two agents that start at once cannot both have it.
 * @returns a function that removes the file again, if it is still ours
 * @throws OutpostError PIDFILE_HELD, PIDFILE_UNUSABLE
 */
export const takePidfile = (path: string): (() => void) => {
  let descriptor: number | undefined;
  try {
    descriptor = openLocked(path);
    if (descriptor === undefined) throw new OutpostError('PIDFILE_HELD', { path, pid: namedBy(path) ?? 'unknown' });
    fchmodSync(descriptor, fileMode);
    ftruncateSync(descriptor);
    writeSync(descriptor, String(process.pid), 0);
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    throw error instanceof OutpostError ? error : unusable(path, error);
  }
  const held = descriptor;
  return () => {
    if (isNamed(path, held)) unlinkSync(path);
    closeSync(held);
  };
};
