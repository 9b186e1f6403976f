import { closeSync, fstatSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { OutpostError } from '@outpost/protocol';
import { isAlive } from '../alive.ts';

const holderOf = (path: string): number | undefined => {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid) ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new OutpostError('PIDFILE_UNUSABLE', { path, reason: (error as Error).message }, { cause: error });
  }
};

/**
 * Writes our pid to `path`, unless a living process holds it.
 * @returns a function that removes the file again, if it is still ours
 */
export const takePidfile = (path: string): (() => void) => {
  const holder = holderOf(path);
  if (holder !== undefined) throw new OutpostError('PIDFILE_HELD', { path, pid: holder });
  let inode: number;
  try {
    const descriptor = openSync(path, 'w', 0o644);
    writeSync(descriptor, `${process.pid}\n`);
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
