import { setTimeout as delay } from 'node:timers/promises';
import { type Sandbox, until } from '../integration/harness.ts';
import { privateMegabytes, proportionalMegabytes, residentMegabytes } from './processes.ts';

/** The memory of a process, megabytes. */
export interface Memory {
  readonly resident: number;
  readonly proportional: number;
  readonly private: number;
}

/** The memory of both processes at one time. */
export interface Pair {
  readonly watcher: Memory;
  readonly worker: Memory;
}

/** What a day of the schedule has done. */
export interface Day {
  /** Idle, before. */
  readonly before: Pair;
  /** When a tenth of it was over: what is needed for it is there. */
  readonly warm: Pair;
  readonly after: Pair;
  readonly runs: number;
}

const queries = [
  'select pid, name, cmdline from processes',
  'select address, port, pid from listening_ports',
  'select name, version from deb_packages',
  'select device, path, blocks_available from mounts',
  'select uid, username from users',
];

/** Copies of each query, so that a minute's run comes every second so often. */
const copies = 8;
const dayRuns = queries.length * 24 * 60;

const memoryOf = (pid: number): Memory => ({
  resident: residentMegabytes(pid),
  proportional: proportionalMegabytes(pid),
  private: privateMegabytes(pid),
});

const schedule = Object.fromEntries(
  queries.flatMap((query, number) =>
    Array.from({ length: copies }, (_, copy) => [`query_${number}_${copy}`, { query, interval: 1 }]),
  ),
);

/**
 * Runs a share of what five queries a minute come to in a day, as quickly as forty of them a second do.
 * @param share of the day's 7,200 runs, 1 for all
 */
export const liveThroughDay = async (sandbox: Sandbox, share: number): Promise<Day> => {
  sandbox.write('outpost.conf', { schedule: {} });
  const daemon = sandbox.daemon('--watchdog_utilization_limit=100', '--logger_min_status=2');
  const { worker, watcher } = await sandbox.pids();
  await delay(3000);
  const measure = (): Pair => ({ watcher: memoryOf(watcher), worker: memoryOf(worker) });
  const before = measure();
  sandbox.write('outpost.conf', { schedule });
  daemon.process.kill('SIGHUP');
  const runs = async (): Promise<number> =>
    Number((await sandbox.ask('select sum(executions) as n from osquery_schedule'))[0]?.n ?? 0);
  const reached = (count: number): Promise<number> =>
    until(
      `${count} runs`,
      async () => {
        const now = await runs();
        return now >= count ? now : undefined;
      },
      900,
    );
  await reached((dayRuns * share) / 10);
  const warm = measure();
  const all = await reached(dayRuns * share);
  const after = measure();
  daemon.process.kill('SIGTERM');
  await daemon.ended;
  return { before, warm, after, runs: all };
};
