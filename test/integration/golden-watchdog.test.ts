// What the watchdog of a real osquery did; see test/golden/daemon. It ends the worker, where ours has the worker stop the query that is to blame; what
// the query, the others and the log come to is the same.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { RestartDelay } from '../../core/src/watchdog/restart-delay.ts';
import { isRunning, killHard, repositoryFile, Sandbox, until } from './harness.ts';

interface LimitRun {
  readonly config: { readonly schedule: Readonly<Record<string, object>> };
  readonly flags: readonly string[];
  readonly stderr: readonly string[];
  readonly results: readonly string[];
  readonly exit_after_TERM: number;
}

const recorded = JSON.parse(
  readFileSync(new URL('../golden/daemon/process.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, unknown>>;

const plain = ['--logger_sequence=false', '--host_identifier=specified', '--specified_identifier=golden-host'];

/** A line without its time. */
const timeless = (line: string): object => ({ ...JSON.parse(line), unixTime: 0, calendarTime: '' });
const linesOf = (sandbox: Sandbox): object[] =>
  sandbox.texts(/^outpostd\.results\.log$/).flatMap(text => text.split('\n').filter(Boolean).map(timeless));

/** The messages of osquery's lines that ours has to have, too. */
const shared =
  /Scheduled query may have failed|skipping denied scheduled query|Storing initial results for new scheduled query: light/;

suite('limits', { concurrency: 2 }, () => {
  for (const name of [
    'cpu_limit',
    'cpu_limit_forced_0',
    'memory_limit',
    'memory_limit_level_1',
    'memory_limit_level_0',
  ])
    test(`${name}: the query that osquery denies is held, and the log of the others is osquery's`, async context => {
      const { config, flags, stderr, results, exit_after_TERM: exit } = recorded[name] as LimitRun;
      const sandbox = Sandbox.for(context);
      sandbox.write('outpost.conf', config);
      const plugin = `--plugins=${repositoryFile('test', 'integration', 'slow-table.ts')}`;
      const daemon = sandbox.daemon(...plain, ...flags, plugin, '--query_memory_limit=0', '--query_max_bytes=0');
      const { worker } = await sandbox.pids();
      const [held] = await until(
        'the verdict',
        async () => {
          const rows = await sandbox.ask('select query, reason from outpost_quarantine');
          return rows.length > 0 ? rows : undefined;
        },
        60,
      );
      assert.deepEqual(held, { query: 'heavy', reason: 'limit' });
      const denied = stderr.find(line => shared.test(line) && line.includes('denied'))?.replace(/^W \S+ /, '') ?? '';
      await until(
        'the line about the denied query',
        () =>
          sandbox
            .texts(/WARNING/)
            .join()
            .includes(denied) || undefined,
      );
      assert.equal((await sandbox.pids()).worker, worker, 'the worker lives on');
      daemon.process.kill('SIGTERM');
      assert.deepEqual(await daemon.ended, { code: exit, signal: null });
      const ours = name.startsWith('cpu') ? linesOf(sandbox) : [];
      assert.deepEqual(ours, name.startsWith('cpu') ? results.map(timeless) : []);
    });

  test('level_minus_1: nothing is held at a level without limits', async context => {
    const { config, flags, results } = recorded.level_minus_1 as LimitRun;
    const sandbox = Sandbox.for(context);
    sandbox.write('outpost.conf', config);
    sandbox.daemon(...plain, ...flags, '--query_memory_limit=0');
    const before = await sandbox.pids();
    await until('the results of both', () => linesOf(sandbox).length >= results.length || undefined, 60);
    const byName = (lines: readonly object[]): string[] => lines.map(line => JSON.stringify(line)).toSorted();
    assert.deepEqual(byName(linesOf(sandbox)), byName(results.map(timeless)));
    assert.deepEqual(await sandbox.ask('select query from outpost_quarantine'), []);
    assert.deepEqual(await sandbox.pids(), before);
  });
});

test("verbose_watchdog: checks are told in osquery's words", async context => {
  const { flags, start } = recorded.verbose_watchdog as { flags: string[]; start: string[] };
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  const daemon = sandbox.daemon(...flags, '--watchdog_utilization_limit=100');
  const { worker } = await sandbox.pids();
  const line = start.find(text => /pid: <PID>, cpu:/.test(text))?.replace(/^I \S+ /, '') ?? '';
  const pattern = line
    .replace('<PID>', String(worker))
    .replace('Nms/600ms', '\\d+ms/\\d+ms')
    .replace('N.NNMB/200MB', '\\d+\\.\\d\\dMB/200MB');
  await daemon.says(new RegExp(pattern));
});

test("respawn: a worker that dies quickly waits as osquery's does, which gives up in the end", () => {
  const { worker_seen_at_s: seen } = recorded.respawn as { worker_seen_at_s: number[] };
  const delay = new RestartDelay(600);
  const livedSeconds = 1.2;
  seen.slice(1).forEach((at, death) => {
    // A death is seen there at the next check, three seconds apart.
    const waited = at - (seen[death] ?? 0) - livedSeconds;
    const ours = delay.after(livedSeconds);
    assert.ok(ours <= waited && waited <= ours + 3, `${ours} s where osquery waits ${waited} s`);
  });
});

test('orphaned_worker: a worker whose watcher was killed ends, and the pid file is left', async context => {
  const { worker_gone_after_s_at_most: seconds, pidfile_left: left } = recorded.orphaned_worker as {
    worker_gone_after_s_at_most: number;
    pidfile_left: boolean;
  };
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  sandbox.daemon();
  const { worker, watcher } = await sandbox.pids();
  killHard(watcher);
  await until('the end of the worker', () => !isRunning(worker) || undefined, seconds + 5);
  assert.equal(sandbox.texts(/^outpostd\.pid$/).length, left ? 1 : 0);
});

test('pidfile_locked_by_another_program_force: a program that is no agent is not killed', async context => {
  const { exit } = recorded.pidfile_locked_by_another_program_force as { exit: number };
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  const other = spawn('flock', [sandbox.path('outpostd.pid'), 'sleep', '100'], { stdio: 'ignore' });
  context.after(() => other.kill());
  await once(other, 'spawn');
  await until(
    'the lock',
    () => spawnSync('flock', ['-n', sandbox.path('outpostd.pid'), 'true']).status === 1 || undefined,
  );
  writeFileSync(sandbox.path('outpostd.pid'), String(other.pid));
  const daemon = sandbox.daemon('--force');
  assert.deepEqual(await daemon.ended, { code: exit, signal: null });
  assert.match(daemon.stderr, /is no agent and is not killed/);
  assert.ok(isRunning(other.pid ?? 0));
});
