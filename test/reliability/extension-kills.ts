import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ExtensionManagerClient, unixEndpoint } from '@outpost/protocol';
import { killHard, type Sandbox, type Started, until } from '../integration/harness.ts';
import { seeded } from '../integration/random.ts';
import { descriptors, descriptorsReturned } from './processes.ts';

/** How queries on an extension ended that was killed again and again. */
export interface ExtensionKills {
  readonly kills: number;
  readonly withRows: number;
  readonly withError: number;
  /** How long after a restart the table was there again, milliseconds: half of the times, and the longest. */
  readonly backMs: { readonly half: number; readonly longest: number };
  /** How often it took at most two seconds. */
  readonly backWithin2s: number;
  readonly errors: readonly string[];
}

/** How long a query may take, milliseconds. */
const deadlineMs = 10_000;

const sockets = (sandbox: Sandbox): string[] => readdirSync(sandbox.directory).filter(name => /\.em\.\d+$/.test(name));

/** Queries the table of the extension until it is told to stop, and counts how each query ends. */
const query = async (sandbox: Sandbox, ended: AbortSignal, errors: Map<string, number>): Promise<number> => {
  const client = await ExtensionManagerClient.connect(unixEndpoint(sandbox.socket), { timeoutMs: deadlineMs });
  let withRows = 0;
  while (!ended.aborted) {
    const { status, response } = await client.query('select greeting from hello');
    if (status.code === 0) {
      assert.deepEqual(response, [{ greeting: 'Hello, world!' }]);
      withRows += 1;
    } else {
      const text = status.message.replaceAll(/\d+/g, 'N').replaceAll(sandbox.directory, '');
      errors.set(text, (errors.get(text) ?? 0) + 1);
    }
  }
  client.close();
  return withRows;
};

/**
 * Kills an extension at random moments while queries run. Each query has to end with rows or an error that says what happened; the table
 * has to come back; no socket and no process may be left.
 */
export const killExtension = async (sandbox: Sandbox, kills: number, seed: number): Promise<ExtensionKills> => {
  const random = seeded(seed);
  sandbox.write('outpost.conf', { schedule: {} });
  sandbox.daemon('--disable_logging', '--watchdog_level=-1'); // the queries take more CPU time than a worker may
  const { worker } = await sandbox.pids();
  const start = (): Started => sandbox.run('examples/hello-table/hello.ts', ['--socket', sandbox.socket]);
  const ready = async ({ pid }: Started): Promise<void> => {
    const sql = `select 1 from outpost_extensions where state = 'ready' and pid = ${pid}`;
    await until('the extension', async () => (await sandbox.ask(sql))[0]);
  };
  let extension = start();
  await ready(extension);
  const ended = new AbortController();
  const errors = new Map<string, number>();
  const queries = Array.from({ length: 3 }, () => query(sandbox, ended.signal, errors));
  const opened = descriptors(worker);
  const back: number[] = [];
  try {
    for (let kill = 0; kill < kills; kill++) {
      await delay(random(100));
      killHard(extension.pid);
      await extension.ended;
      const began = performance.now();
      extension = start();
      await ready(extension);
      back.push(performance.now() - began);
    }
  } finally {
    ended.abort();
  }
  const withRows = (await Promise.all(queries)).reduce((sum, count) => sum + count, 0);
  await until('one socket of an extension', () => sockets(sandbox).length === 1 || undefined);
  await descriptorsReturned(worker, opened);
  assert.equal((await sandbox.pids()).worker, worker, 'the agent was started again');
  assert.equal(sandbox.processes().length, 3, 'watcher, worker and one extension are left');
  const sorted = back.toSorted((left, right) => left - right).map(Math.round);
  return {
    kills,
    withRows,
    withError: [...errors.values()].reduce((sum, count) => sum + count, 0),
    backMs: { half: sorted[Math.floor(sorted.length / 2)] ?? 0, longest: sorted.at(-1) ?? 0 },
    backWithin2s: sorted.filter(ms => ms <= 2000).length,
    errors: [...errors.keys()],
  };
};
