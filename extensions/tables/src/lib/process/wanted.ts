import type { FileView } from '@outpost/sdk';
import { listPids } from '../pids.ts';
import { quietly } from '../quietly.ts';
import { parseStatus } from './parse.ts';

/** What {@link wantedPids} asks of a query's context. */
interface ProcessQuery {
  equals(column: 'pid'): readonly (number | bigint)[] | undefined;
  readonly files: FileView;
}

/** Whether an id is that of a process: /proc answers to the ids of threads, which it does not list. */
function isProcess(files: FileView, pid: number): boolean {
  if (pid <= 0 || pid > 0x7fff_ffff) return false;
  const status = quietly(() => files.readTextIfPresent(`/proc/${pid}/status`));
  return parseStatus(status ?? '')?.threadGroup === pid;
}

/** The processes a query is about, ascending: those of the ids it names that exist, else all. */
export function wantedPids(context: ProcessQuery): number[] {
  const named = context.equals('pid');
  if (named === undefined) return listPids(context.files);
  const pids = named.map(Number).filter(pid => isProcess(context.files, pid));
  return pids.sort((left, right) => left - right);
}
