import { Numbers, numberAfter } from './numbers.ts';

/** What the status file of a process says. */
export interface ProcessStatus {
  readonly name: string;
  /** The process that the thread belongs to: its own id, when it is a process. */
  readonly threadGroup: number;
  readonly uid: number;
  readonly euid: number;
  readonly suid: number;
  readonly gid: number;
  readonly egid: number;
  readonly sgid: number;
  /** Bytes; undefined for kernel threads and zombies, which have no memory. */
  readonly totalSize: number | undefined;
  readonly residentSize: number | undefined;
}

/** What the stat file of a process says. Times are in ticks of a hundredth of a second. */
export interface ProcessStat {
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly nice: number;
  readonly threads: number;
  readonly startTicks: number;
}

/** Bytes that a process has had read from and written to storage. */
export interface ProcessIo {
  readonly read: number | undefined;
  readonly written: number | undefined;
}

const beyondAscii = /[\u0080-\u00ff]/;

/** The UTF-8 text of bytes that were read as Latin-1. */
const decoded = (latin1: string): string =>
  beyondAscii.test(latin1) ? Buffer.from(latin1, 'latin1').toString() : latin1;

const kibibytes = (value: number | undefined): number | undefined => (value === undefined ? undefined : value * 1024);

/** Parses /proc/PID/status (proc_pid_status(5)), read as Latin-1. The name is escaped, so no name looks like another line. */
export function parseStatus(text: string): ProcessStatus | undefined {
  const nameEnd = text.indexOf('\n');
  const users = text.indexOf('\nUid:');
  const groups = text.indexOf('\nGid:', users);
  if (!text.startsWith('Name:') || users < 0 || groups < 0) return undefined;
  const uids = new Numbers(text, users);
  const gids = new Numbers(text, groups);
  return {
    name: decoded(text.slice(6, nameEnd)),
    threadGroup: numberAfter(text, '\nTgid:') ?? 0,
    uid: uids.next(),
    euid: uids.next(),
    suid: uids.next(),
    gid: gids.next(),
    egid: gids.next(),
    sgid: gids.next(),
    totalSize: kibibytes(numberAfter(text, '\nVmSize:')),
    residentSize: kibibytes(numberAfter(text, '\nVmRSS:')),
  };
}

/** Parses /proc/PID/stat (proc_pid_stat(5)), read as Latin-1. The name in it may hold anything, parentheses too. */
export function parseStat(text: string): ProcessStat | undefined {
  const close = text.lastIndexOf(')');
  if (close < 0 || text.length < close + 4) return undefined;
  const numbers = new Numbers(text, close + 3);
  const parent = numbers.next();
  const group = numbers.next();
  numbers.skip(8);
  const userTicks = numbers.next();
  const systemTicks = numbers.next();
  numbers.skip(3);
  const nice = numbers.next();
  const threads = numbers.next();
  numbers.skip(1);
  const startTicks = numbers.next();
  return { state: text.charAt(close + 2), parent, group, userTicks, systemTicks, nice, threads, startTicks };
}

/** Parses /proc/PID/io (proc_pid_io(5)). What was written and truncated before it reached the disk does not count. */
export function parseIo(text: string): ProcessIo {
  const written = numberAfter(text, '\nwrite_bytes:');
  const cancelled = numberAfter(text, '\ncancelled_write_bytes:') ?? 0;
  return { read: numberAfter(text, '\nread_bytes:'), written: written === undefined ? undefined : written - cancelled };
}

/** The control group in the first line of /proc/PID/cgroup (proc_pid_cgroup(5)): what follows its second colon. */
export function parseCgroup(text: string): string {
  const newline = text.indexOf('\n');
  const line = newline < 0 ? text : text.slice(0, newline);
  const second = line.indexOf(':', line.indexOf(':') + 1);
  return second < 0 ? '' : line.slice(second + 1);
}

/** A command line (proc_pid_cmdline(5)) with blanks between its arguments. */
export const parseCmdline = (text: string): string => text.replaceAll('\0', ' ').trim();

/** When the machine was started, in seconds since 1970, from /proc/stat (proc_stat(5)). */
export const bootTimeOf = (text: string): number | undefined => numberAfter(text, '\nbtime ');
