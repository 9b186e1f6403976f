import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sandbox, until } from './harness.ts';

/** Sorts rows without end: it takes memory and CPU until somebody stops it. */
const hungry = `with recursive n(i) as (select 1 union all select i + 1 from n)
  select max(x) from (select distinct hex(randomblob(64)) as x from n)`;

test('a query for which the worker took more than it may is named and held; the others go on', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', {
    schedule: {
      good: { query: 'select total_seconds from uptime', interval: 1, snapshot: true },
      hungry: { query: hungry, interval: 1 },
    },
  });
  sandbox.daemon(
    '--watchdog_delay=0',
    '--watchdog_memory_limit=150',
    '--watchdog_utilization_limit=20',
    '--query_memory_limit=0',
  );
  const workerOf = async (): Promise<string | undefined> => (await sandbox.ask('select pid from osquery_info'))[0]?.pid;
  const first = await until('a worker', workerOf);
  const held = await until(
    'the verdict',
    async () =>
      (await sandbox.ask("select query, reason, strikes, evidence from outpost_quarantine where reason <> ''"))[0],
    40,
  );
  assert.deepEqual([held.query, held.reason, held.strikes], ['hungry', 'limit', '1']);
  assert.match(held.evidence ?? '', /(?:Memory limits|CPU utilization limit).* while it ran\.$/);
  await until('a new worker', async () => {
    const pid = await workerOf();
    return pid !== undefined && pid !== first ? pid : undefined;
  });
  const [again] = await until('the verdict, kept over the restart', async () => {
    const rows = await sandbox.ask('select query, strikes from outpost_quarantine');
    return rows.length > 0 ? rows : undefined;
  });
  assert.deepEqual(again, { query: 'hungry', strikes: '1' });
  const snapshots = (): number => sandbox.lines('outpostd.snapshots.log').length;
  const before = snapshots();
  await until('more runs of the good query', () => snapshots() > before + 2 || undefined);
});
