import type { FileView } from '@outpost/sdk';
import { listPids } from './pids.ts';
import { quietly } from './quietly.ts';

/** A descriptor of a process. */
export interface Owner {
  readonly pid: number;
  readonly fd: number;
}

const socketLink = /^socket:\[(\d+)\]$/;

/**
 * Who of the processes (all, when left out) holds each socket, by its inode. Of several holders it is the last one: the worker
 * rather than what started it.
 */
export function socketOwners(
  files: FileView,
  aborted: () => boolean,
  pids: readonly number[] = listPids(files),
): Map<number, Owner> {
  const owners = new Map<number, Owner>();
  for (const pid of pids) {
    if (aborted()) break;
    const directory = `/proc/${pid}/fd`;
    for (const fd of quietly(() => files.readdir(directory)) ?? []) {
      const target = quietly(() => files.readlink(`${directory}/${fd}`));
      if (target === undefined || !target.startsWith('socket:')) continue;
      const inode = socketLink.exec(target)?.[1];
      if (inode !== undefined) owners.set(Number(inode), { pid, fd: Number(fd) });
    }
  }
  return owners;
}

/** One process in each network namespace that the processes (all, when left out) are in, by the namespace's number. */
export function networkNamespaces(files: FileView, pids: readonly number[] = listPids(files)): Map<string, number> {
  const namespaces = new Map<string, number>();
  for (const pid of pids) {
    const target = quietly(() => files.readlink(`/proc/${pid}/ns/net`));
    const namespace = /^net:\[(\d+)\]$/.exec(target ?? '')?.[1];
    if (namespace !== undefined && !namespaces.has(namespace)) namespaces.set(namespace, pid);
  }
  return namespaces;
}
