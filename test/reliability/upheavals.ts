import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { killHard, repositoryFile, type Sandbox, type Started, until } from '../integration/harness.ts';
import { descriptors, descriptorsReturned, privateMegabytes } from './processes.ts';

const good = { query: 'select total_seconds from uptime', interval: 1, snapshot: true };
const runsOf = (sandbox: Sandbox): number => sandbox.lines('outpostd.snapshots.log').length;

const goesOn = async (sandbox: Sandbox): Promise<void> => {
  const before = runsOf(sandbox);
  await until('more runs of the good query', () => runsOf(sandbox) > before + 1 || undefined);
};

const endsWell = async (sandbox: Sandbox, daemon: Started): Promise<void> => {
  daemon.process.kill('SIGTERM');
  assert.deepEqual(await daemon.ended, { code: 0, signal: null });
  await sandbox.emptied(10);
};

/** An extension that forks and hangs: its query is held, it is ended with what it has started, nothing else is hurt. */
export const hangExtension = async (sandbox: Sandbox): Promise<object> => {
  sandbox.write('outpost.conf', {
    schedule: { good, bad: { query: 'select * from fault_extension', interval: 1 } },
  });
  const daemon = sandbox.daemon(
    '--schedule_deadline=2',
    '--allow_unsafe',
    `--extension=${repositoryFile('test', 'reliability', 'hanging-extension.ts')}`,
    '--extensions_require=hanging',
  );
  const { worker } = await sandbox.pids();
  const [held] = await until(
    'the verdict',
    async () => {
      const rows = await sandbox.ask('select query, reason, evidence from outpost_quarantine');
      return rows.length > 0 ? rows : undefined;
    },
    40,
  );
  assert.deepEqual([held?.query, held?.reason], ['bad', 'deadline']);
  assert.match(held?.evidence ?? '', /the table that it asked last is fault_extension/);
  await goesOn(sandbox);
  assert.equal((await sandbox.pids()).worker, worker);
  await endsWell(sandbox, daemon);
  return { evidence: held?.evidence };
};

/** Many deaths of the worker: the watcher neither grows nor keeps descriptors. */
export const restart = async (sandbox: Sandbox, times: number): Promise<{ readonly grownMegabytes: number }> => {
  sandbox.write('outpost.conf', { schedule: { good } });
  const daemon = sandbox.daemon();
  let { worker, watcher } = await sandbox.pids();
  const settle = Math.ceil(times / 10);
  let before = { memory: privateMegabytes(watcher), descriptors: descriptors(watcher) };
  for (let death = 0; death < times; death++) {
    killHard(worker);
    ({ worker } = await sandbox.pids(worker));
    if (death === settle) before = { memory: privateMegabytes(watcher), descriptors: descriptors(watcher) };
  }
  await descriptorsReturned(watcher, before.descriptors);
  const grownMegabytes = privateMegabytes(watcher) - before.memory;
  await goesOn(sandbox);
  await endsWell(sandbox, daemon);
  return { grownMegabytes };
};

/** The watcher dies: nothing outlives it for long, and another agent can start at once. */
export const killWatcher = async (sandbox: Sandbox): Promise<void> => {
  sandbox.write('outpost.conf', { schedule: { good } });
  const first = sandbox.daemon();
  const { worker, watcher } = await sandbox.pids();
  killHard(watcher);
  await first.ended;
  await sandbox.emptied(10);
  const second = sandbox.daemon();
  assert.notEqual((await sandbox.pids(worker)).watcher, watcher);
  await goesOn(sandbox);
  await endsWell(sandbox, second);
};

/** All processes stand still for some time, as on a machine that sleeps: afterwards all go on, and nobody is blamed. */
export const suspend = async (sandbox: Sandbox, seconds: number): Promise<void> => {
  sandbox.write('outpost.conf', { schedule: { good } });
  const daemon = sandbox.daemon('--watchdog_delay=0');
  const before = await sandbox.pids();
  const all = sandbox.processes();
  for (const pid of all) process.kill(pid, 'SIGSTOP');
  await delay(seconds * 1000);
  for (const pid of all.toReversed()) process.kill(pid, 'SIGCONT');
  await goesOn(sandbox);
  assert.deepEqual(await sandbox.pids(), before);
  assert.deepEqual(await sandbox.ask('select query from outpost_quarantine'), []);
  await endsWell(sandbox, daemon);
};
