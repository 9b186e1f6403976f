import { readFileSync } from 'node:fs';
import type { PeerCredentials } from '@outpost/protocol';

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

const lineages = new WeakMap<PeerCredentials, ReadonlySet<number>>();

/**
 * A peer, and the processes that it comes from as far as the system still tells: its ancestors, and the leaders of their sessions. It
 * is looked up once for each connection. One of another pid namespace (0) comes from nobody.
 */
export const lineageOf = (peer: PeerCredentials): ReadonlySet<number> => {
  const known = lineages.get(peer) ?? lookUp(peer.pid);
  lineages.set(peer, known);
  return known;
};

const lookUp = (pid: number): ReadonlySet<number> => {
  const lineage = new Set<number>();
  for (let [next, left] = [pid, generations]; next > 1 && left > 0; left -= 1) {
    const [parent, session] = originOf(next) ?? [0, 0];
    lineage.add(next);
    if (session > 1) lineage.add(session);
    next = parent;
  }
  return lineage;
};
