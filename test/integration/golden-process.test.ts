// How a real osquery ended when signals came, and when it was asked to end while a query did not; see test/golden/daemon.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { Sandbox, type Started, until } from './harness.ts';

interface SignalRun {
  readonly watchdog: boolean;
  readonly signal_to: 'process' | 'watcher' | 'worker';
  readonly signal: string;
  readonly exit: number | string;
  readonly pidfile_left?: boolean | null;
  readonly pidfile_left_after_the_signal?: boolean | null;
  readonly new_worker_started?: boolean;
}
interface EndlessRun {
  readonly config: unknown;
  readonly watchdog: boolean;
}

const recorded = JSON.parse(
  readFileSync(new URL('../golden/daemon/process.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, unknown>>;

/**
 * Signals that are no reason to end here: a hang-up has the configuration read again, a broken pipe is the fault of others, and nobody means the end of
 * the agent by the second signal for users.
 */
const heeded = new Set(['HUP', 'PIPE', 'USR2']);

const config = { schedule: { a: { query: 'select 1 as a', interval: 1 } } };

/** The same process goes on with its schedule. */
const goesOn = async (sandbox: Sandbox, worker: number): Promise<void> => {
  await until('another run', async () => {
    const [row] = await sandbox.ask("select executions from osquery_schedule where name = 'a'");
    return Number(row?.executions) > 1;
  });
  assert.equal((await sandbox.pids()).worker, worker);
};

/** The daemon has ended as osquery did. */
const endsAs = async (daemon: Started, exit: number, signal: string): Promise<void> => {
  const expected = exit >= 0 ? { code: exit, signal: null } : { code: null, signal: `SIG${signal}` };
  assert.deepEqual(await daemon.ended, expected, daemon.stderr);
};

suite('signals', { concurrency: 3 }, () => {
  for (const [name, scenario] of Object.entries(recorded)) {
    if (!name.startsWith('signal_')) continue;
    const { watchdog, signal_to: to, signal, exit, new_worker_started: restarts, ...left } = scenario as SignalRun;
    test(name, async context => {
      const sandbox = Sandbox.for(context);
      sandbox.write('outpost.conf', config);
      const daemon = sandbox.daemon(...(watchdog ? [] : ['--disable_watchdog']));
      const { worker } = await sandbox.pids();
      process.kill(to === 'worker' ? worker : daemon.pid, `SIG${signal}`);
      if (heeded.has(signal)) return goesOn(sandbox, worker);
      if (restarts) return void (await sandbox.pids(worker));
      if (typeof exit === 'string') return goesOn(sandbox, worker);
      await endsAs(daemon, exit, signal);
      const pidfile = left.pidfile_left ?? left.pidfile_left_after_the_signal;
      assert.equal(existsSync(sandbox.path('outpostd.pid')), pidfile);
      await sandbox.emptied(15);
    });
  }
});

suite('a query that does not end', () => {
  for (const name of ['stop_during_endless_sql', 'stop_during_endless_sql_watchdog'])
    test(`${name}: it is stopped at once, where osquery waits until it is killed`, async context => {
      const { config, watchdog } = recorded[name] as EndlessRun;
      const sandbox = Sandbox.for(context);
      sandbox.write('outpost.conf', config);
      const daemon = sandbox.daemon(...(watchdog ? [] : ['--disable_watchdog']));
      await until('the query to run', async () => {
        const [row] = await sandbox.ask("select running from outpost_schedule where name = 's'");
        return row?.running === '1';
      });
      daemon.process.kill('SIGTERM');
      assert.deepEqual(await daemon.ended, { code: 0, signal: null }, daemon.stderr);
      assert.doesNotMatch(daemon.stderr, /is killed|kill signal/);
    });
});
