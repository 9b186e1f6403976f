import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killHard, Sandbox, until } from './harness.ts';

/** Sorts rows without end: it takes memory and CPU until somebody stops it. */
const hungry = `with recursive n(i) as (select 1 union all select i + 1 from n)
  select max(x) from (select distinct hex(randomblob(64)) as x from n)`;

test('a query for which the worker takes more than it may is stopped alone, named and held; the others go on', async context => {
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
    '--watchdog_utilization_limit=100',
    '--query_memory_limit=0',
  );
  const { worker } = await sandbox.pids();
  const held = await until(
    'the verdict',
    async () =>
      (await sandbox.ask("select query, reason, strikes, evidence from outpost_quarantine where reason <> ''"))[0],
    40,
  );
  assert.deepEqual([held.query, held.reason, held.strikes], ['hungry', 'limit', '1']);
  assert.match(held.evidence ?? '', /grown by \d+ MB, where 150 MB are allowed\): it holds \d+ MiB\.$/);
  const snapshots = (): number => sandbox.lines('outpostd.snapshots.log').length;
  const before = snapshots();
  await until('more runs of the good query', () => snapshots() > before + 2 || undefined);
  assert.equal((await sandbox.pids()).worker, worker, 'the process lives on');
  killHard(worker);
  await sandbox.pids(worker);
  const rows = await sandbox.ask('select query, strikes from outpost_quarantine');
  assert.deepEqual(rows, [{ query: 'hungry', strikes: '1' }], 'kept over a restart, which strikes nobody else');
});
