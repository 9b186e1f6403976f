// One row found by an index: within a query thread, beside reading the same files by hand; and from the main thread and back, beside an
// empty message to a thread and back.

import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { MessageChannel, Worker } from 'node:worker_threads';
import { tables } from '@outpost/tables';
import type { CatalogTable } from '../../core/src/engine/catalog.ts';
import { QueryConnection } from '../../core/src/engine/connection.ts';
import { Engine } from '../../core/src/engine/engine.ts';
import { BlockingExchange } from '../../core/src/engine/exchange.ts';
import { runQuery } from '../../core/src/engine/run-query.ts';
import { type BenchmarkResult, median } from './result.ts';

const rounds = 150;
/** A thread that answers the next query at once has not gone to sleep meanwhile. */
const runsInARow = 20;
const largestMicroseconds = 100;
const settings = { thriftTimeoutMs: 1000, defaultIndex: true, nullText: '', regexMaxBytes: 256 };
const unlimited = {
  type: 'query',
  encoding: 'messagepack',
  budget: { rows: 1000, bytes: 1 << 20, cpuMs: Number.POSITIVE_INFINITY, memory: 1 << 30 },
  cancel: new Int32Array(new SharedArrayBuffer(4)),
  deadline: Number.POSITIVE_INFINITY,
  previous: undefined,
} as const;

/** Runs a statement, and gives the number of its rows. */
type Runner = (sql: string) => Promise<number>;

/** A lookup, and the same done by hand in the fewest calls. */
interface Lookup {
  readonly name: string;
  readonly sql: string;
  readonly byHand: () => unknown;
}

const { pid } = process;
const uid = process.getuid?.() ?? 0;
const lookups: readonly Lookup[] = [
  {
    name: 'processes where pid = …',
    sql: `select pid, name, path from processes where pid = ${pid}`,
    byHand: () => [readFileSync(`/proc/${pid}/status`, 'latin1'), readlinkSync(`/proc/${pid}/exe`)],
  },
  {
    name: 'users where uid = …',
    sql: `select * from users where uid = ${uid}`,
    byHand: () =>
      readFileSync('/etc/passwd', 'utf8')
        .split('\n')
        .find(line => line.split(':')[2] === String(uid)),
  },
];

const catalog = (): CatalogTable[] =>
  tables.map(({ name, aliases, module }) => ({ name, aliases, placement: { kind: 'module', module } }));

/** What a query thread does between two messages, in this thread. */
const inThread = (): { readonly runner: Runner; readonly close: () => void } => {
  const { port1, port2 } = new MessageChannel();
  const unused = new BlockingExchange({ port: port1, signal: new Int32Array(new SharedArrayBuffer(4)) });
  const connection = new QueryConnection({
    settings,
    exchanges: { main: unused, host: unused },
    warn: () => undefined,
  });
  connection.apply({ set: catalog(), removed: [] });
  let run = 0;
  return {
    runner: async sql =>
      (
        await runQuery({
          connection,
          query: { ...unlimited, sql, run: ++run },
          nullText: '',
          pressure: new Int32Array(1),
        })
      ).rowCount,
    close: () => {
      connection.close();
      port2.close();
    },
  };
};

/** Microseconds that each candidate takes; they take turns, some runs at a time. */
const compare = async (candidates: readonly (() => unknown)[]): Promise<number[]> => {
  const times: number[][] = candidates.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, candidate] of candidates.entries()) {
      for (let left = runsInARow; left > 0; left -= 1) {
        const began = performance.now();
        const result = candidate();
        if (result instanceof Promise) await result;
        times[index]?.push((performance.now() - began) * 1000);
      }
    }
  }
  return times.map(median);
};

const checked = (runner: Runner, sql: string) => async (): Promise<void> => {
  const rowCount = await runner(sql);
  if (rowCount !== 1) throw new Error(`${sql} gives ${rowCount} rows.`);
};

const echoing = `const { parentPort } = require('node:worker_threads'); parentPort.on('message', () => parentPort.postMessage(0));`;

const measure = async ({ name, sql, byHand }: Lookup, within: Runner, through: Runner, echo: () => unknown) => {
  const candidates = [checked(within, sql), byHand, checked(through, sql), echo];
  await compare(candidates);
  const [inThread = 0, files = 0, fromMain = 0, message = 0] = await compare(candidates);
  const figure = (what: string, ours: number, rival: number) => ({
    name: `lookup: ${name}, ${what}`,
    ...{ ours, rival, ratio: ours / rival, unit: 'µs' },
  });
  return [
    {
      ...figure('in its thread, beside the same files read by hand', inThread, files),
      ...{ target: `under ${largestMicroseconds} µs`, met: inThread < largestMicroseconds },
    },
    {
      ...figure('from the main thread and back, beside an empty message', fromMain, message),
      ...{ target: 'to know', met: true },
    },
  ];
};

/** Finds one process by its id and one account by its, in a warm thread. */
export const run = async (): Promise<BenchmarkResult[]> => {
  const engine = Engine.open();
  engine.catalog.set(...catalog());
  const thread = inThread();
  const worker = new Worker(echoing, { eval: true });
  const throughEngine: Runner = async sql => (await engine.query(sql, { lane: 'shell' })).rowCount;
  const echo = async (): Promise<void> => {
    const answer = once(worker, 'message');
    worker.postMessage(0);
    await answer;
  };
  try {
    const results: BenchmarkResult[] = [];
    for (const lookup of lookups) results.push(...(await measure(lookup, thread.runner, throughEngine, echo)));
    return results;
  } finally {
    thread.close();
    await Promise.all([engine.close(), worker.terminate()]);
  }
};

if (import.meta.main) console.table(await run());
