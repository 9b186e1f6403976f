// Log lines on their way to a logger in a process of its own: over version 1 of the protocol, which takes one line in a call, and version 2.
import { once } from 'node:events';
import { join } from 'node:path';
import type { Core } from '../../core/src/agent/core.ts';
import { LoggerSink } from '../../core/src/agent/sinks.ts';
import { Outbox } from '../../core/src/results/outbox/outbox.ts';
import { Store } from '../../core/src/storage/store.ts';
import { beside, openCore, start, timeEcho, withFolder } from './extensions/programs.ts';
import { type BenchmarkResult, median } from './result.ts';

const lineCount = { void1: 10_000, void2: 100_000 } as const;
const echoes = 2000;
const readyMs = 30_000;
const line = `{"name":"q","columns":${JSON.stringify({ a: '1'.repeat(150) })},"action":"added"}`;

/** Lines a second: committed, delivered to the extension and acknowledged. */
const deliver = async (core: Core, folder: string, logger: keyof typeof lineCount): Promise<number> => {
  const count = lineCount[logger];
  const store = await Store.open(join(folder, logger), { onNotice: console.error });
  const outbox = await Outbox.open(store, {
    loggers: [logger],
    budgetBytes: 1 << 30,
    sequence: true,
    report: (_severity, message) => console.error(message),
    statusText: message => message,
  });
  const began = performance.now();
  for (let sent = 0; sent < count; sent += 1000)
    await outbox.commit(
      [],
      Array.from({ length: 1000 }, () => ({ kind: 'result' as const, text: line })),
    );
  await outbox.attach(new LoggerSink(core.registry, logger, 'bench'));
  await outbox.drain(120_000);
  const seconds = (performance.now() - began) / 1000;
  if (outbox.size.lines > 0) throw new Error(`${outbox.size.lines} lines were not delivered.`);
  await outbox.close();
  await store.close();
  return count / seconds;
};

/** Calls a second that a line each allows: connect, the bytes of a request, their echo, close. */
const bound = async (path: string): Promise<number> => {
  const message = Buffer.from(line);
  const times: number[] = [];
  for (let echo = 0; echo < echoes; echo++) times.push(await timeEcho(path, message));
  return 1000 / median(times);
};

/** Runs the benchmark. */
export const run = (): Promise<BenchmarkResult[]> =>
  withFolder(async folder => {
    const [socket, echo] = [join(folder, 'em'), join(folder, 'echo')];
    const core = await openCore(socket);
    const manager = await core.startManager();
    const echoServer = start(process.execPath, beside('echo.ts'), echo);
    const echoing = once(echoServer.stdout, 'data');
    const processes = [
      echoServer,
      ...['1', '2'].map(version => start(process.execPath, beside('void-logger.ts'), version, '--socket', socket)),
    ];
    try {
      const ready = ['void1', 'void2'].map(name => manager.waitForExtension(name, readyMs));
      if ((await Promise.all(ready)).includes(false)) throw new Error('A logger has not come.');
      await echoing;
      await bound(echo);
      const [one, two] = [await deliver(core, folder, 'void1'), await deliver(core, folder, 'void2')];
      const rival = await bound(echo);
      const figure = (version: string, ours: number) => ({
        name: `log lines to a logger in a process of its own (${version}), beside connect, echo, close for each`,
        ...{ ours, rival, unit: 'lines/s', ratio: ours / rival },
      });
      return [
        { ...figure('version 1', one), target: 'to know', met: true },
        { ...figure('version 2', two), target: 'at least 50,000', met: two >= 50_000 },
      ];
    } finally {
      await core.close();
      for (const process of processes) process.kill();
    }
  });
