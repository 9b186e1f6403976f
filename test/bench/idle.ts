import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Sandbox, until } from '../integration/harness.ts';
import { extensionsReady, startMainJob } from '../integration/main-job.ts';
import type { BenchmarkResult } from './result.ts';

const settleSeconds = 15;
const idleSeconds = 60;
const busySeconds = 30;
const largestPercent = 0.5;
const watcherMegabytes = 12;
const ticksPerSecond = 100; // CLK_TCK of Linux, on every architecture that Node runs on

const schedule = Object.fromEntries(
  [
    'select pid, name, cmdline from processes',
    'select address, port, pid from listening_ports',
    'select name, version from deb_packages',
    'select device, path, blocks_available from mounts',
    'select uid, username from users',
  ].map((query, index) => [`query_${index}`, { query, interval: 60 }]),
);

/** Seconds of CPU that processes have used. */
const used = (pids: readonly number[]): number[] =>
  pids.map(pid => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  });

/** Percent of a core that each of the processes uses over some time. */
const load = async (pids: readonly number[], seconds: number): Promise<number[]> => {
  const [began, before] = [performance.now(), used(pids)];
  await delay(seconds * 1000);
  const taken = (performance.now() - began) / 1000;
  return used(pids).map((after, index) => ((after - (before[index] ?? 0)) / taken) * 100);
};

/** The memory of a process: what is its own, and what is resident. */
const memory = (who: string, pid: number, largest = Number.POSITIVE_INFINITY): BenchmarkResult => {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  const megabytes = (pattern: RegExp): number =>
    [...text.matchAll(pattern)].reduce((sum, [, kilobytes]) => sum + Number(kilobytes), 0) / 1024;
  const [ours, rival] = [megabytes(/^Private_\w+:\s+(\d+)/gm), megabytes(/^Rss:\s+(\d+)/gm)];
  const target = Number.isFinite(largest) ? `at most ${largest} MB` : 'to know';
  const name = `idle: private memory of the ${who} beside its resident memory`;
  return { name, ours, rival, unit: 'MB', ratio: ours / rival, target, met: ours <= largest };
};

const percent = (name: string, ours: number, largest?: number): BenchmarkResult => ({
  name: `idle: ${name}`,
  ours,
  rival: largestPercent,
  unit: '% of a core',
  ratio: ours / largestPercent,
  target: largest === undefined ? 'to know' : `under ${largest} %`,
  met: largest === undefined || ours < largest,
});

const withMainJob = async <T>(
  flags: readonly string[],
  measure: (worker: number, watcher: number) => Promise<T>,
): Promise<T> => {
  const sandbox = new Sandbox();
  try {
    sandbox.write('outpost.conf', { schedule });
    const daemon = startMainJob(sandbox, ...flags);
    await extensionsReady(sandbox);
    const { worker, watcher } = await sandbox.pids();
    await until('the first row', () => (sandbox.lines('results.log').length > 0 ? true : undefined), 90);
    await delay(settleSeconds * 1000);
    const measured = await measure(worker, watcher);
    daemon.process.kill('SIGTERM');
    await daemon.ended;
    return measured;
  } finally {
    await sandbox.end();
  }
};

/**
 * The CPU and the memory of watcher and worker: idle, with the four extensions of the demonstration and five queries a minute; and, to know, with
 * the demonstration's own schedule of two queries a second.
 */
export async function run(): Promise<BenchmarkResult[]> {
  const idle = await withMainJob(
    ['--config_plugin=filesystem', '--distributed_interval=60', '--logger_min_status=1'],
    async (worker, watcher) => {
      const [ofWorker = 0, ofWatcher = 0] = await load([worker, watcher], idleSeconds);
      return [
        percent(`watcher and worker, five queries a minute, ${idleSeconds} s`, ofWorker + ofWatcher, largestPercent),
        percent('of that the watcher', ofWatcher),
        memory('watcher', watcher, watcherMegabytes),
        memory('worker', worker),
      ];
    },
  );
  const busy = await withMainJob([], async (worker, watcher) => {
    const loads = await load([worker, watcher], busySeconds);
    return percent(
      `watcher and worker, the demonstration's own schedule, ${busySeconds} s`,
      loads.reduce((sum, one) => sum + one, 0),
    );
  });
  return [...idle, busy];
}

if (import.meta.main) console.table(await run());
