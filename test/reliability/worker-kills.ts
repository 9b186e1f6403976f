import assert from 'node:assert/strict';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { killHard, type Sandbox, until } from '../integration/harness.ts';
import { seeded } from '../integration/random.ts';
import { type Replayed, replay } from '../integration/replay.ts';
import { disturb, inLog, watched as name, onDisk } from './watched.ts';

/** Waits for the very moment at which a line is written: the logger has it, the store does not know that yet. */
const logGrows = async (sandbox: Sandbox, limitMs: number): Promise<void> => {
  const watcher = watch(sandbox.path('outpostd.results.log'));
  await Promise.race([once(watcher, 'change'), delay(limitMs)]);
  watcher.close();
};

/**
 * Kills the worker again and again while a directory changes and its changes are logged, then replays the log: it has to end in the state
 * of the directory.
 * @returns what was replayed
 */
export const killWorkers = async (sandbox: Sandbox, cycles: number, seed: number): Promise<Replayed> => {
  const random = seeded(seed);
  sandbox.write(`${name}/f0`, 'first');
  const query = `select filename, size from file where path like '${sandbox.path(name)}/%'`;
  sandbox.write('outpost.conf', { schedule: { [name]: { query, interval: 1, denylist: false } } });
  const daemon = sandbox.daemon('--logger_min_status=3', '--logger_min_stderr=3');
  let former = 0;
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const { worker } = await sandbox.pids(former);
    const lives = 500 + random(2000);
    for (const end = performance.now() + lives; performance.now() < end; await delay(10 + random(120)))
      disturb(sandbox, random);
    if (cycle % 2 === 1) await logGrows(sandbox, 2000);
    killHard(worker);
    former = worker;
  }
  await sandbox.pids(former);
  const last = await until('the last state in the log', () => {
    const replayed = replay(sandbox.lines('outpostd.results.log'), name);
    return inLog(replayed).join() === onDisk(sandbox).join() ? replayed : undefined;
  });
  daemon.process.kill('SIGTERM');
  assert.deepEqual(await daemon.ended, { code: 0, signal: null });
  return last;
};
