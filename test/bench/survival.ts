import { setTimeout as delay } from 'node:timers/promises';
import { killHard, Sandbox, until } from '../integration/harness.ts';
import { liveThroughDay, type Memory } from '../reliability/day.ts';
import type { BenchmarkResult } from './result.ts';

const kills = 5;
/** A worker that lives for less has died too quickly, and the next one waits. */
const livesSeconds = 5;
const backWithinMs = 2000;
const endlessSeconds = 60;
const largestGrowthMegabytes = 10;
const endless = 'with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c';

const inSandbox = async <T>(work: (sandbox: Sandbox) => Promise<T>): Promise<T> => {
  const sandbox = new Sandbox();
  try {
    return await work(sandbox);
  } finally {
    await sandbox.end();
  }
};

const returnAfterKill = (): Promise<BenchmarkResult> =>
  inSandbox(async sandbox => {
    sandbox.write('outpost.conf', { schedule: {} });
    sandbox.daemon();
    const took: number[] = [];
    let { worker } = await sandbox.pids();
    for (let kill = 0; kill < kills; kill++) {
      await delay(livesSeconds * 1000);
      const began = performance.now();
      killHard(worker);
      ({ worker } = await sandbox.pids(worker));
      took.push(performance.now() - began);
    }
    return {
      name: `survival: from SIGKILL of the worker to the next answer, the longest of ${kills}`,
      ours: Math.max(...took),
      unit: 'ms',
      target: `at most ${backWithinMs} ms`,
      met: Math.max(...took) <= backWithinMs,
    };
  });

const besideEndless = (): Promise<BenchmarkResult> =>
  inSandbox(async sandbox => {
    const good = { query: 'select count(*) as n from processes', interval: 1, snapshot: true };
    sandbox.write('outpost.conf', { schedule: { good_1: good, bad: { query: endless, interval: 1 }, good_2: good } });
    const daemon = sandbox.daemon('--watchdog_delay=0');
    const runs = (name: string): number =>
      sandbox.lines('outpostd.snapshots.log').filter(line => line.name === name).length;
    await until('the first runs', () => (runs('good_1') > 0 && runs('good_2') > 0) || undefined);
    const [began, before] = [performance.now(), runs('good_1') + runs('good_2')];
    await delay(endlessSeconds * 1000);
    const ours = runs('good_1') + runs('good_2') - before;
    const due = 2 * Math.floor((performance.now() - began) / 1000);
    daemon.process.kill('SIGTERM');
    await daemon.ended;
    return {
      name: `survival: runs of two good queries a second beside an endless one, ${endlessSeconds} s, and those that were due`,
      ours,
      rival: due,
      unit: 'runs',
      ratio: ours / due,
      target: 'no run missed',
      met: ours >= due - 2,
    };
  });

const figures = (who: string, when: string, memory: Memory): BenchmarkResult[] =>
  (['private', 'proportional', 'resident'] as const).map(kind => ({
    name: `survival: ${kind} memory of the ${who}, ${when}`,
    ours: memory[kind],
    unit: 'MB',
    target: 'to know',
    met: true,
  }));

const growth = (who: string, warm: Memory, after: Memory): BenchmarkResult => ({
  name: `survival: growth of the ${who}'s private memory over nine tenths of a day's runs`,
  ours: after.private - warm.private,
  unit: 'MB',
  target: `under ${largestGrowthMegabytes} MB`,
  met: after.private - warm.private < largestGrowthMegabytes,
});

const day = (): Promise<BenchmarkResult[]> =>
  inSandbox(async sandbox => {
    const { before, warm, after } = await liveThroughDay(sandbox, 1);
    return (['watcher', 'worker'] as const).flatMap(who => [
      ...figures(who, 'idle', before[who]),
      ...figures(who, 'after a day of five queries a minute, in three minutes', after[who]),
      growth(who, warm[who], after[who]),
    ]);
  });

/** How soon a killed worker is back, what an endless query costs the others, and whether a day leaves something behind. */
export const run = async (): Promise<BenchmarkResult[]> => [
  await returnAfterKill(),
  await besideEndless(),
  ...(await day()),
];

if (import.meta.main) console.table(await run());
