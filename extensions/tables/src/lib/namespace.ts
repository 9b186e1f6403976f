import { type FileView, integer, text } from '@outpost/sdk';
import { NamespaceFiles } from './namespace-files.ts';
import { quietly } from './quietly.ts';

const pidColumn = integer('Read the files as this process sees them, in its mount namespace', {
  additional: true,
  hidden: true,
  platforms: ['linux'],
});

/** The column that asks for a container's files. */
export const pidWithNamespace = { pid_with_namespace: pidColumn } as const;

/** The columns of a table that reads files: whose view of them, and which mount namespace that is. */
export const namespaceColumns = {
  ...pidWithNamespace,
  mount_namespace_id: text('Mount namespace of pid_with_namespace', { hidden: true, platforms: ['linux'] }),
} as const;

/** What {@link placesOf} asks of a query's context. */
interface NamespaceQuery {
  equals(column: 'pid_with_namespace'): readonly number[] | undefined;
  readonly files: FileView;
  warn(message: string): void;
}

/** A set of files to read, and what its rows say about it. */
export interface Place {
  readonly files: FileView;
  /** The process whose files these are; 0 for this machine's own. */
  readonly pid: number;
  /** The inode of its mount namespace as text; empty for this machine's own. */
  readonly namespaceId: string;
}

/** The number in the target of a link of `/proc/PID/ns`, such as `mnt:[4026531841]`; empty when it is none. */
export const namespaceNumber = (target: string | undefined): string => /\[(\d+)\]$/.exec(target ?? '')?.[1] ?? '';

/** The files a query is about: this machine's, or those of the processes that `pid_with_namespace = …` names. */
export function placesOf(context: NamespaceQuery): Place[] {
  const pids = context.equals('pid_with_namespace') ?? [0];
  return pids.flatMap(pid => {
    if (pid === 0) return [{ files: context.files, pid, namespaceId: '' }];
    const target = pid > 0 ? quietly(() => context.files.readlink(`/proc/${pid}/ns/mnt`)) : undefined;
    if (target !== undefined)
      return [{ files: new NamespaceFiles(context.files, pid), pid, namespaceId: namespaceNumber(target) }];
    context.warn(`pid_with_namespace = ${pid}: there is no such process, or it may not be looked at.`);
    return [];
  });
}
