import { readdirSync, readFileSync } from 'node:fs';
import { until } from '../integration/harness.ts';

/** The resident memory of a process, megabytes. */
export const residentMegabytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** What a process alone takes, and its share of what it has in common with others, megabytes. */
const rollup = (pid: number, pattern: RegExp): number => {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  return [...text.matchAll(pattern)].reduce((sum, [, kilobytes]) => sum + Number(kilobytes), 0) / 1024;
};

/** The memory that is a process's own, megabytes. */
export const privateMegabytes = (pid: number): number => rollup(pid, /^Private_\w+:\s+(\d+)/gm);

/** The memory of a process, that which it shares counted in shares, megabytes. */
export const proportionalMegabytes = (pid: number): number => rollup(pid, /^Pss:\s+(\d+)/gm);

/** How many descriptors a process has open. */
export const descriptors = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** How many more descriptors than before are no leak: threads and connections come and go. */
const slack = 16;

/** Waits until a process has given back the descriptors that it opened since there were `before` of them. */
export const descriptorsReturned = (pid: number, before: number): Promise<true> =>
  until(`the end of what ${pid} has opened (${before} before)`, () => descriptors(pid) <= before + slack || undefined);
