import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repositoryFile, Sandbox, until } from './harness.ts';

test('a daemon without a watcher that cannot stop is killed after --alarm_timeout', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: { always: { query: 'select total_seconds from uptime', interval: 1 } } });
  const daemon = sandbox.daemon(
    '--disable_watchdog',
    '--alarm_timeout=10',
    '--logger_plugin=stuck',
    `--plugins=${repositoryFile('test/integration/stuck-logger.ts')}`,
  );
  await until('a run', async () => {
    const [row] = await sandbox.ask("select executions from osquery_schedule where executions > '0'");
    return row;
  });
  daemon.process.kill('SIGTERM');
  assert.deepEqual(await daemon.ended, { code: null, signal: 'SIGKILL' });
  assert.match(daemon.stderr, /longer than 10 s \(--alarm_timeout\)/);
});
