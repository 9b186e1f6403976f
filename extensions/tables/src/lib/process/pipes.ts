import type { FileView } from '@outpost/sdk';
import type { Losses } from '../losses.ts';
import { quietly } from '../quietly.ts';
import { descriptorsOf } from './descriptors.ts';

/** A descriptor that is an end of a pipe. */
export interface PipeEnd {
  readonly pid: number;
  readonly fd: number;
  /** `r`, `w` or `rw`. */
  readonly mode: string;
}

/** A pipe or a FIFO with its open ends. */
export interface Pipe {
  readonly inode: number;
  readonly type: 'anonymous' | 'named';
  readonly ends: PipeEnd[];
}

const anonymous = /^pipe:\[(\d+)\]$/;
const ownerRead = 0o400;
const ownerWrite = 0o200;

/** What a descriptor may be used for: the permissions of its link in /proc say so. */
function modeOf(files: FileView, link: string): string | undefined {
  const found = quietly(() => files.lstat(link));
  return found && `${found.mode & ownerRead ? 'r' : ''}${found.mode & ownerWrite ? 'w' : ''}`;
}

/** What identifies the pipe behind a descriptor; a FIFO's inode is unique on its file system only. Undefined for other files. */
function identify(files: FileView, link: string, target: string) {
  const inode = anonymous.exec(target)?.[1];
  if (inode !== undefined) return { key: inode, inode: Number(inode), type: 'anonymous' } as const;
  if (!target.startsWith('/')) return undefined;
  const found = quietly(() => files.stat(link));
  if (found?.isFIFO() !== true) return undefined;
  return { key: `${found.dev}:${found.ino}`, inode: found.ino, type: 'named' } as const;
}

/** The pipes that the processes hold, by {@link identify}'s key. */
export function pipesOf(files: FileView, pids: Iterable<number>, losses: Losses): Map<string, Pipe> {
  const pipes = new Map<string, Pipe>();
  for (const pid of pids) {
    for (const { fd, link, target } of descriptorsOf(files, pid, losses)) {
      const identity = identify(files, link, target);
      const mode = identity && modeOf(files, link);
      if (identity === undefined || mode === undefined) continue;
      const { key, inode, type } = identity;
      const pipe = pipes.get(key) ?? { inode, type, ends: [] };
      pipe.ends.push({ pid, fd, mode });
      pipes.set(key, pipe);
    }
  }
  return pipes;
}

/** Whether what one end writes can be read at the other, or the other way round. */
const talk = (one: PipeEnd, other: PipeEnd): boolean => one !== other && (one.mode !== other.mode || one.mode === 'rw');

/** Each end of a pipe with each end it talks to; an end that talks to none comes once, alone. */
export function* partnersOf({ ends }: Pipe): Generator<{ end: PipeEnd; partner: PipeEnd | undefined }> {
  for (const end of ends) {
    let alone = true;
    for (const partner of ends) {
      if (!talk(end, partner)) continue;
      alone = false;
      yield { end, partner };
    }
    if (alone) yield { end, partner: undefined };
  }
}
