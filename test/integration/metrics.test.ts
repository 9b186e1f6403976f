import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Sandbox, until } from './harness.ts';

test('the figures of a running agent are a table and a file', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: { q: { query: 'select total_seconds from uptime', interval: 1 } } });
  const file = sandbox.path('outpost.prom');
  sandbox.daemon(`--metrics_file=${file}`, '--metrics_interval=1');
  const value = async (name: string): Promise<number> =>
    Number((await sandbox.ask(`select value from outpost_metrics where name = '${name}'`))[0]?.value);
  await until('runs of the schedule', async () => (await value('schedule_runs')) >= 2);
  assert.equal(await value('schedule_queries'), 1);
  const text = await until('figures of scheduled queries in the file', () => {
    const found = readFileSync(file, 'utf8');
    return found.includes('outpost_queries_total{lane="scheduled"}') ? found : undefined;
  });
  assert.match(text, /\noutpost_outbox_logger_lag_lines\{logger="filesystem"\} \d+\n/);
  assert.ok(text.endsWith('# EOF\n'));
});
