// Rows from an extension to SQLite: our SDK over both versions of the protocol beside the stock ones for Python and Go, 100,000 rows × 10
// columns; a query of one row over version 1 beside a bare connect, echo and close between two processes of the same runtime, and an empty
// call of version 2 beside an echo over an open connection.
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { encodeOpenRows } from '@outpost/protocol';
import type { Core } from '../../core/src/agent/core.ts';
import { clock } from '../../core/src/engine/clock.ts';
import { QueryConnection } from '../../core/src/engine/connection.ts';
import { BlockingExchange } from '../../core/src/engine/exchange.ts';
import { defaultBudget } from '../../core/src/engine/query-watch.ts';
import { rowsOf } from '../../core/src/engine/rows.ts';
import { runQuery } from '../../core/src/engine/run-query.ts';
import { Sessions } from '../../core/src/engine/sources/sessions.ts';
import { build, type ForeignProgram } from '../conformance/build.ts';
import { go, python } from '../conformance/sdks.ts';
import { beside, openCore, start, timeEcho, withFolder } from './extensions/programs.ts';
import { type BenchmarkResult, median } from './result.ts';

const rowCount = 100_000;
const rounds = 5;
const warmUps = 9;
const shortRounds = 300;
const readyMs = 30_000;
/** Reads every column of every row, and lets SQLite do as little with them as it can. */
const scanOf = (table: string): string =>
  `select count(*), sum(a), sum(d), max(length(s1)), max(length(s4)), sum(b + c + e), max(length(s3 || s5)) from ${table} where s2 = 'root'`;

const settings = { thriftTimeoutMs: 10_000, defaultIndex: true, nullText: '', regexMaxBytes: 256 };
const unlimited = {
  type: 'query',
  encoding: 'messagepack',
  budget: { ...defaultBudget, rows: 1000, bytes: 1 << 20 },
  cancel: new Int32Array(new SharedArrayBuffer(4)),
  deadline: Number.POSITIVE_INFINITY,
  previous: undefined,
} as const;

/** The example of an SDK, with another main program in it. */
const withTable = (sdk: ForeignProgram, name: string): ForeignProgram => ({
  ...sdk,
  name: `bench-${name}`,
  sources: [...sdk.sources, `test/bench/extensions/${name}`],
});

/** Milliseconds of one query, as the thread that asks sees it. */
const timeQuery = async (core: Core, sql: string, expected?: string): Promise<number> => {
  const began = performance.now();
  const result = await core.engine.query(sql, { lane: 'extension' });
  const taken = performance.now() - began;
  const rows = JSON.stringify([...rowsOf(result)]);
  if (expected !== undefined && rows !== expected) throw new Error(`${sql} gives ${rows}, not ${expected}.`);
  return taken;
};

/** The medians of candidates that take turns, so that a noisy moment hits them alike. */
const compare = async (count: number, candidates: readonly (() => Promise<number>)[]): Promise<number[]> => {
  const times: number[][] = candidates.map(() => []);
  for (let round = 0; round < count; round += 1)
    for (const [index, measure] of candidates.entries()) times[index]?.push(await measure());
  return times.map(median);
};

const measureRows = async (core: Core): Promise<BenchmarkResult[]> => {
  for (let warmUp = 0; warmUp < warmUps; warmUp += 1)
    for (const name of ['ours', 'ours1']) await timeQuery(core, scanOf(`${name}_many`));
  const [first] = [...rowsOf(await core.engine.query(scanOf('ours_many'), { lane: 'extension' }))];
  const expected = JSON.stringify([first]);
  const scans = ['ours', 'ours1', 'python', 'go'].map(name => () => timeQuery(core, scanOf(`${name}_many`), expected));
  const rates = (await compare(rounds, scans)).map(milliseconds => rowCount / milliseconds / 1000);
  const [two = 0, one = 0, python = 0, go = 0] = rates;
  const figure = (what: string, ours: number, beside: string, rival: number, least: number) => ({
    name: `rows from an extension to SQLite, ${what}, beside ${beside}`,
    unit: 'M rows/s',
    ...{ ours, rival, ratio: ours / rival, target: `ours at least ${least}`, met: ours >= least },
  });
  return [
    figure('version 2', two, 'version 1', one, 1),
    figure('version 1', one, 'osquery-python', python, 0.5),
    figure('version 1', one, 'osquery-go', go, 0.5),
  ];
};

/** Milliseconds of one query on a connection of this thread: what a query thread does between two messages. */
const timeInThread = async (connection: QueryConnection, sql: string, run: number): Promise<number> => {
  const began = performance.now();
  const { rowCount } = await runQuery({
    connection,
    query: { ...unlimited, sql, run },
    nullText: '',
    pressure: new Int32Array(1),
  });
  const taken = performance.now() - began;
  if (rowCount !== 1) throw new Error(`${sql} gives ${rowCount} rows.`);
  return taken;
};

const measureOneRow = async (core: Core, echo: string): Promise<BenchmarkResult[]> => {
  const message = Buffer.alloc(1000, 'x');
  const query = 'select a, s1 from ours1_one';
  const table = core.engine.catalog.get('ours1_one');
  const unused = new BlockingExchange({
    port: new MessageChannel().port1,
    signal: new Int32Array(new SharedArrayBuffer(4)),
  });
  const connection = new QueryConnection({
    settings,
    exchanges: { main: unused, host: unused },
    warn: () => undefined,
  });
  connection.apply({ set: table === undefined ? [] : [table], removed: [] });
  let run = 0;
  const candidates = [
    () => timeInThread(connection, query, ++run),
    () => timeQuery(core, query),
    () => timeEcho(echo, message),
  ];
  await compare(shortRounds / 3, candidates);
  const [inThread = 0, throughEngine = 0, rival = 0] = await compare(shortRounds, candidates);
  const figure = (name: string, ours: number) => ({ name, ours, rival, ratio: ours / rival, unit: 'ms' });
  const what = 'a query of one row over version 1 beside connect, echo, close';
  return [
    { ...figure(what, inThread), target: 'at most 2 times', met: inThread <= 2 * rival },
    { ...figure(`${what}, from the main thread`, throughEngine), target: 'to know', met: true },
  ];
};

/** An empty scan over an open session, beside a message and its echo over an open connection of the same runtime. */
const measureEmptyCall = async (core: Core, echo: string): Promise<BenchmarkResult> => {
  const placement = core.engine.catalog.get('ours_none')?.placement;
  if (placement?.kind !== 'extension' || placement.lease === undefined) throw new Error('ours_none has no lease.');
  const to = { socketPath: placement.socketPath, generation: placement.lease.generation };
  const scan = { table: 'ours_none', columns: [], constraints: new Uint8Array(), limit: 0, order: [] };
  const sessions = new Sessions();
  const run = { cancel: unlimited.cancel, deadline: clock() + 600_000 };
  const socket = connect({ path: echo });
  const candidates = [
    async () => {
      const began = performance.now();
      sessions.call(to, 10_000, terms => encodeOpenRows(scan, 0, terms), run);
      return performance.now() - began;
    },
    async () => {
      const began = performance.now();
      socket.write(Buffer.alloc(100, 'x'));
      await once(socket, 'data');
      return performance.now() - began;
    },
  ];
  await compare(shortRounds, candidates);
  const [ours = 0, rival = 0] = await compare(shortRounds * 3, candidates);
  sessions.close();
  socket.destroy();
  const name = 'an empty call of version 2 from a query thread beside an echo over an open connection';
  return { name, ours, rival, unit: 'ms', ratio: ours / rival, target: 'at most 3 times', met: ours <= 3 * rival };
};

/** Measures; see the head of this file. The stock SDKs are built first, from their registries. */
export const run = (): Promise<BenchmarkResult[]> =>
  withFolder(async folder => {
    const programs = [build(withTable(python, 'python')), build(withTable(go, 'go'))];
    const [socket, echo] = [join(folder, 'em'), join(folder, 'echo')];
    const core = await openCore(socket);
    const manager = await core.startManager();
    const echoServer = start(process.execPath, beside('echo.ts'), echo);
    const echoing = once(echoServer.stdout, 'data');
    const processes = [
      echoServer,
      ...['1', '2'].map(version => start(process.execPath, beside('served.ts'), version, '--socket', socket)),
      ...programs.map(program => start(program, '--socket', socket)),
    ];
    try {
      const ready = ['ours', 'ours1', 'python', 'go'].map(name => manager.waitForExtension(name, readyMs));
      if ((await Promise.all(ready)).includes(false)) throw new Error('An extension has not come.');
      await echoing;
      return [...(await measureRows(core)), ...(await measureOneRow(core, echo)), await measureEmptyCall(core, echo)];
    } finally {
      await core.close();
      for (const process of processes) process.kill();
    }
  });

if (import.meta.main) console.table(await run());
