import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sandbox, until } from './harness.ts';

test('an extension that takes too much CPU is ended, named and started again', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  const spinning = sandbox.write(
    'spinning.mjs',
    'setInterval(() => { const until = performance.now() + 90; while (performance.now() < until); }, 1);',
  );
  sandbox.daemon(`--extension=${spinning}`, '--watchdog_delay=0', '--extensions_utilization_limit=5');
  const line = await until(
    'the verdict',
    async () =>
      (
        await sandbox.ask("select extension, message from outpost_extension_logs where message like '%is stopping%'")
      )[0],
    40,
  );
  assert.equal(line.extension, 'spinning');
  assert.match(line.message ?? '', /CPU utilization limit \d+ms exceeded for 12 seconds/);
  await until('a successor', async () =>
    (await sandbox.ask("select count(*) as n from outpost_extension_logs where message like '%has started%'")).find(
      ({ n }) => Number(n) > 1,
    ),
  );
});
