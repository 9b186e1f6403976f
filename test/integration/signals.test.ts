import assert from 'node:assert/strict';
import { getPriority } from 'node:os';
import { test } from 'node:test';
import { Sandbox, until } from './harness.ts';

const workerOf = async (sandbox: Sandbox): Promise<string | undefined> =>
  (await sandbox.ask('select pid from osquery_info'))[0]?.pid;

test('a hang-up leaves watcher and worker running', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  const daemon = sandbox.daemon();
  const before = await until('an answer', () => workerOf(sandbox));
  for (const signal of ['SIGHUP', 'SIGUSR2'] as const) process.kill(daemon.pid, signal);
  // The signals are passed on before the watcher takes the next one, and a worker that died would be missed by this question.
  assert.equal(await until('an answer', () => workerOf(sandbox)), before);
  process.kill(daemon.pid, 'SIGTERM');
  assert.deepEqual(await daemon.ended, { code: 0, signal: null });
  assert.doesNotMatch(daemon.stderr, /was ended by/);
});

test('a hang-up has the agent read its configuration again', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  const daemon = sandbox.daemon();
  await until('an answer', () => workerOf(sandbox));
  sandbox.write('outpost.conf', { schedule: { later: { query: 'select 1 as a', interval: 1 } } });
  process.kill(daemon.pid, 'SIGHUP');
  await until('a line of the new query', () =>
    sandbox.lines('outpostd.results.log').find(({ name }) => name === 'later'),
  );
});

test('watcher and worker are less urgent than the rest of the machine', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  sandbox.daemon();
  const { watcher, worker } = await sandbox.pids();
  for (const pid of [watcher, worker]) assert.ok(getPriority(pid) >= 10);
});
