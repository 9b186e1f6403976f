// The cost of scheduled queries: an unchanged result, many queries at short intervals, and log lines on their way to loggers.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { defineTable, double, integer, text } from '@outpost/sdk';
import { LoggerSink } from '../../core/src/agent/sinks.ts';
import { Engine } from '../../core/src/engine/engine.ts';
import { Registry } from '../../core/src/extensions/registry.ts';
import { Outbox } from '../../core/src/results/outbox/outbox.ts';
import { systemClock } from '../../core/src/schedule/clock.ts';
import { Scheduler, type SchedulerOptions } from '../../core/src/schedule/scheduler.ts';
import { defaultSettings } from '../../core/src/schedule/settings.ts';
import { Store } from '../../core/src/storage/store.ts';
import { filesystemLogger } from '../../extensions/logger/src/index.ts';
import { type BenchmarkResult, median } from './result.ts';

const rowCount = 100_000;
const lineCount = 100_000;
const quiet = { info: () => undefined, warning: console.error, error: console.error, verbose: () => undefined };

/** 100,000 rows of ten columns, in another order at each scan. */
const shuffled = (() => {
  let start = 0;
  return defineTable({
    name: 'shuffled',
    description: 'Always the same rows, never in the same order.',
    columns: {
      a: integer('1'),
      b: integer('2'),
      c: integer('3'),
      d: double('4'),
      e: integer('5'),
      s1: text('6'),
      s2: text('7'),
      s3: text('8'),
      s4: text('9'),
      s5: text('10'),
    },
    *generate() {
      start = (start + 7919) % rowCount;
      for (let i = 0; i < rowCount; i++) {
        const n = (start + i * 17) % rowCount;
        yield {
          a: n,
          b: n % 7,
          c: n % 1000,
          d: n / 3,
          e: 4,
          s1: `name ${n}`,
          s2: 'root',
          s3: `/usr/bin/${n}`,
          s4: '',
          s5: 'x',
        };
      }
    },
  });
})();

interface Bench {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly scheduler: Scheduler;
  readonly engine: Engine;
  close(): Promise<void>;
}

const outboxOf = (store: Store, loggers: readonly string[]): Promise<Outbox> =>
  Outbox.open(store, {
    loggers,
    budgetBytes: 1 << 30,
    sequence: true,
    report: () => undefined,
    statusText: message => message,
  });

const open = async (options: Partial<SchedulerOptions> = {}): Promise<Bench> => {
  const directory = mkdtempSync(join(tmpdir(), 'bench-schedule-'));
  const store = await Store.open(join(directory, 'db'), { onNotice: console.error });
  const outbox = await outboxOf(store, []);
  const engine = Engine.open();
  const scheduler = await Scheduler.open({
    store,
    outbox,
    status: quiet,
    runQuery: (sql, { name, signal, previous }) =>
      engine.query(sql, { lane: 'scheduled', name, signal, ...(previous && { previous }) }),
    settings: () => defaultSettings,
    hostIdentifier: () => 'bench',
    clock: systemClock,
    random: Math.random,
    ...options,
  });
  const close = async (): Promise<void> => {
    await scheduler.stop();
    await engine.close();
    await outbox.close();
    await store.close();
    rmSync(directory, { recursive: true });
  };
  return { store, outbox, scheduler, engine, close };
};

const unchanged = async (): Promise<BenchmarkResult[]> => {
  const bench = await open();
  bench.engine.addMainTables(shuffled);
  const sql = 'select * from shuffled';
  await bench.scheduler.update([{ name: 'q', query: sql, interval: 1 }]);
  await bench.scheduler.tick(1);
  const runs: number[] = [];
  const alone: number[] = [];
  for (let round = 2; round < 9; round++) {
    let began = performance.now();
    await bench.scheduler.tick(round);
    runs.push(performance.now() - began);
    began = performance.now();
    await bench.engine.query(sql, { lane: 'scheduled' });
    alone.push(performance.now() - began);
  }
  await bench.close();
  const [ours, rival] = [runs, alone].map(times => (median(times) * 1000) / rowCount) as [number, number];
  const name = 'unchanged 100,000 × 10 result, rows shuffled: query, diff and commit, beside the query alone';
  return [{ name, ours, rival, unit: 'µs/row', ratio: ours / rival, target: 'under 2.5 µs/row', met: ours < 2.5 }];
};

/** How much CPU the process takes in each second, and the longest that its main thread does nothing else, milliseconds. */
const observe = async (seconds: number): Promise<{ readonly loads: number[]; readonly stallMs: number }> => {
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  const loads: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const before = process.cpuUsage();
    await delay(1000);
    const { user, system } = process.cpuUsage(before);
    loads.push((user + system) / 1000);
  }
  delays.disable();
  return { loads, stallMs: delays.max / 1e6 };
};

const manyQueries = async (): Promise<BenchmarkResult[]> => {
  const seconds = 30;
  const late: number[] = [];
  const bench = await open({
    afterTick: async virtualTime => void late.push(Date.now() - virtualTime * 1000),
  });
  const queries = Array.from({ length: 1000 }, (_, i) => ({ name: `q${i}`, query: `select ${i} as a`, interval: 10 }));
  await bench.scheduler.update(queries);
  const running = bench.scheduler.run();
  await delay(12_000);
  const before = bench.scheduler.rows().reduce((sum, row) => sum + row.executions, 0);
  const { loads, stallMs } = await observe(seconds);
  const ran = bench.scheduler.rows().reduce((sum, row) => sum + row.executions, 0) - before;
  await bench.close();
  await running;
  const driftMs = Math.max(...late) - Math.min(...late);
  const mean = loads.reduce((sum, load) => sum + load, 0) / loads.length;
  const peak = Math.max(...loads);
  const due = (1000 / 10) * seconds;
  const what = '1,000 queries at 10 s with splay';
  return [
    {
      name: `${what}: peak load of a second beside the mean`,
      ours: peak,
      rival: mean,
      unit: 'ms/s',
      ratio: peak / mean,
      target: 'to know',
      met: true,
    },
    {
      name: `${what}: longest stall of the main thread`,
      ours: stallMs,
      rival: 50,
      unit: 'ms',
      ratio: stallMs / 50,
      target: 'under 50 ms',
      met: stallMs < 50,
    },
    {
      name: `${what}: the latest end of a tick beside the earliest`,
      ours: driftMs,
      unit: 'ms',
      target: 'under 1,000 ms',
      met: driftMs < 1000,
    },
    {
      name: `${what}: runs beside those that were due`,
      ours: ran,
      rival: due,
      unit: 'runs',
      ratio: ran / due,
      target: 'at least 0.9',
      met: ran / due >= 0.9,
    },
  ];
};

/** Lines a second from the outbox through a logger. */
const deliver = async (logger: 'filesystem' | 'void'): Promise<number> => {
  const directory = mkdtempSync(join(tmpdir(), 'bench-lines-'));
  mkdirSync(join(directory, 'logs'));
  const store = await Store.open(join(directory, 'db'), { onNotice: console.error });
  const registry = new Registry();
  registry.addLocal(filesystemLogger({ path: join(directory, 'logs'), program: 'bench' }));
  const outbox = await outboxOf(store, [logger]);
  const text = `{"name":"q","columns":${JSON.stringify({ a: '1'.repeat(150) })},"action":"added"}`;
  const began = performance.now();
  for (let sent = 0; sent < lineCount; sent += 1000)
    await outbox.commit(
      [],
      Array.from({ length: 1000 }, () => ({ kind: 'result' as const, text })),
    );
  const sink =
    logger === 'filesystem'
      ? new LoggerSink(registry, 'filesystem', 'bench')
      : { name: logger, deliver: async () => undefined };
  await outbox.attach(sink);
  await outbox.drain(120_000);
  const seconds = (performance.now() - began) / 1000;
  if (outbox.size.lines > 0) throw new Error(`${outbox.size.lines} lines were not delivered.`);
  await outbox.close();
  await store.close();
  rmSync(directory, { recursive: true });
  return lineCount / seconds;
};

const logLines = async (): Promise<BenchmarkResult[]> => {
  const [ours, rival] = [await deliver('filesystem'), await deliver('void')];
  const name =
    'log lines committed, delivered by the filesystem logger and acknowledged, beside a logger that does nothing';
  return [{ name, ours, rival, unit: 'lines/s', ratio: ours / rival, target: 'to know', met: true }];
};

/** Runs the benchmark. */
export const run = async (): Promise<BenchmarkResult[]> => [
  ...(await unchanged()),
  ...(await logLines()),
  ...(await manyQueries()),
];
