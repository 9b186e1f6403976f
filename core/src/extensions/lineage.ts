import { readFileSync } from 'node:fs';

/** How many ancestors are looked at. */
const generations = 16;

/** The parent and the session of a process (proc_pid_stat(5)); undefined when it has gone. */
const originOf = (pid: number): readonly [parent: number, session: number] | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [Number(parent), Number(session)];
  } catch {
    return undefined; // it has gone, and nobody else has its number yet
  }
};

/** A process, and those that it comes from as far as the system still tells: its ancestors, and the leaders of their sessions. */
export const lineageOf = (pid: number): readonly number[] => {
  const lineage: number[] = [];
  for (let next = pid; next > 1 && lineage.length < 2 * generations; ) {
    const [parent, session] = originOf(next) ?? [0, 0];
    lineage.push(next, session);
    next = parent;
  }
  return lineage;
};
