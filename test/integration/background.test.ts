import assert from 'node:assert/strict';
import { readFileSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { isRunning, killHard, Sandbox, until } from './harness.ts';

test('--daemonize returns and leaves a daemon in the background, which --force takes the pid file from', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: { one: { query: 'select 1 as one', interval: 1 } } });
  const started = sandbox.daemon('--daemonize');
  assert.deepEqual(await started.ended, { code: 0, signal: null }, started.stderr);
  const { watcher, worker } = await sandbox.pids();
  assert.equal(readFileSync(sandbox.path('outpostd.pid'), 'utf8'), String(watcher));
  assert.equal(readlinkSync(`/proc/${watcher}/cwd`), '/');
  assert.deepEqual(
    [0, 1, 2].map(descriptor => readlinkSync(`/proc/${watcher}/fd/${descriptor}`)),
    ['/dev/null', '/dev/null', '/dev/null'],
  );
  const [, parent, , session] = (readFileSync(`/proc/${watcher}/stat`, 'latin1').split(') ')[1] ?? '').split(' ');
  assert.notEqual(Number(parent), started.pid);
  assert.equal(Number(session), watcher);
  await until('a line', () => sandbox.lines('outpostd.results.log').length > 0);

  for (const flags of [[], ['--daemonize']]) {
    const refused = sandbox.daemon(...flags);
    assert.deepEqual(await refused.ended, { code: 1, signal: null });
    assert.match(refused.stderr, new RegExp(`belongs to the running process ${watcher}\\.`));
  }
  assert.equal(readFileSync(`/proc/${worker}/cmdline`, 'latin1').replace(/\0+$/, ''), 'outpostd');
  const second = sandbox.daemon('--force');
  await second.says(/Killing the agent/);
  await until('the second daemon', async () => (await sandbox.pids(worker)).watcher === second.pid);
  assert.ok(!isRunning(watcher));
  killHard(second.pid);
  await second.ended;
  await sandbox.emptied();
});
