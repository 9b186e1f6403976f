import { readFileSync } from 'node:fs';

/** What a process has taken so far. */
export interface Usage {
  /** CPU time, in and outside the kernel, milliseconds. */
  readonly cpuMs: number;
  /** Resident memory, bytes. */
  readonly residentBytes: number;
}

/** Clock ticks a second in /proc: USER_HZ, 100 on every architecture that Node.js has. */
const ticksPerSecond = 100;

/**
 * Reads what a process has taken, from /proc/PID/stat and /proc/PID/status (proc(5)).
 * @returns undefined when there is no such process, it is a zombie, or this user may not know
 */
export const usageOf = (pid: number): Usage | undefined => {
  let stat: string;
  let status: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch (error) {
    // Gone, or of another user behind hidepid: whoever watches it has no figures then, and goes on.
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
  // The name of the program stands in parentheses and may hold some; fields are counted behind the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (fields[0] === 'Z' || resident === undefined) return undefined;
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { cpuMs: (ticks * 1000) / ticksPerSecond, residentBytes: Number(resident) * 1024 };
};
