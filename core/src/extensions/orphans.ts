import { readdirSync, readFileSync } from 'node:fs';

/** Variables by which whatever an extension starts can be told from other processes: they are inherited. */
export const ownerVariables = {
  /** The process that started the extension; osquery's name. */
  pid: 'OSQUERY_EXTENSION',
  /** The socket of the agent that it belongs to. */
  socket: 'OUTPOST_EXTENSION_SOCKET',
} as const;

/** How many processes are killed at the most. */
const killLimit = 10_000;

/** The environment of a process, as it lies in memory; empty when the process has gone, or may not be asked. */
const environmentOf = (pid: number): Buffer => {
  try {
    return readFileSync(`/proc/${pid}/environ`);
  } catch {
    // Processes come and go, and those of other users are nobody's orphans of ours.
    return Buffer.alloc(0);
  }
};

/** The process that started one for an agent with this socket; 0 when none did. Most processes are no extension's, and cost no text. */
const ownerOf = (pid: number, socket: string): number => {
  const environment = environmentOf(pid);
  if (!environment.includes(`${ownerVariables.socket}=`)) return 0;
  const entries = environment.toString().split('\0');
  const owner = entries.find(entry => entry.startsWith(`${ownerVariables.pid}=`));
  return entries.includes(`${ownerVariables.socket}=${socket}`) ? Number(owner?.split('=')[1]) : 0;
};

/** Whether a process has ended, though its parent need not have heard of it (proc_pid_stat(5): Z and X). */
const hasEnded = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return true;
  }
};

/**
 * Kills what extensions of an agent have left behind whose supervisor has died: themselves, and whatever they have started.
 * @param socket the agent's socket
 * @param ending a supervisor that is known to end, though it may still be seen
 * @returns their pids
 */
export const killOrphans = (socket: string, ending?: number): number[] => {
  const pids = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number);
  const orphans = pids.filter(pid => {
    if (pid === process.pid) return false;
    const owner = ownerOf(pid, socket);
    return owner > 0 && (owner === ending || hasEnded(owner));
  });
  return orphans.slice(0, killLimit).filter(pid => {
    try {
      return process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
      throw error;
    }
  });
};
