import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExtensionManagerClient, unixEndpoint } from '@outpost/protocol';
import { Sandbox, until } from './harness.ts';

const explained = "explain scans select value from osquery_flags where name = 'verbose'";

test('scans are explained over the socket and in the schedule, and the last run of each query has its own', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', {
    schedule: {
      joined: {
        query: 'select f.value from (values (1), (2), (3)) cross join osquery_flags f where f.name = 1',
        interval: 1,
      },
      explained: { query: explained, interval: 1, snapshot: true },
    },
  });
  sandbox.daemon();
  const row = await until(
    'the scans of a run',
    async () => (await sandbox.ask("select * from outpost_query_scans where name = 'joined'"))[0],
  );
  const { table_name, calls, cached, rows, ms, time } = row;
  assert.deepEqual([table_name, calls, cached], ['osquery_flags', '3', '2']);
  assert.equal(Number(rows) % 3, 0);
  assert.ok(Number(rows) > 3 && Number(ms) > 0 && Math.abs(Number(time) - Date.now() / 1000) < 60);

  const [scan, whole] = await sandbox.ask(explained);
  assert.deepEqual([scan?.table_name, scan?.constraints], ['osquery_flags', "name = 'verbose'"]);
  assert.deepEqual([whole?.table_name, whole?.rows], ['(statement)', '1']);
  using client = await ExtensionManagerClient.connect(unixEndpoint(sandbox.socket), { timeoutMs: 10_000 });
  const { status, response } = await client.getQueryColumns(explained);
  assert.equal(status.code, 0);
  assert.deepEqual(Object.assign({}, ...response), {
    table_name: 'TEXT',
    calls: 'BIGINT',
    constraints: 'TEXT',
    columns: 'TEXT',
    rows: 'BIGINT',
    bytes: 'BIGINT',
    ms: 'DOUBLE',
    cached: 'BIGINT',
  });

  const shell = sandbox.run('core/bin/outposti.mjs', [
    `--connect=${sandbox.socket}`,
    '--list',
    '--noheader',
    explained,
  ]);
  assert.equal((await shell.ended).code, 0, shell.stderr);
  assert.match(
    shell.stdout,
    /\nosquery_flags\|1\|name = 'verbose'\|name, value\|\d+\|\d+\|[\d.]+\|0\n\(statement\)\|1\|/,
  );

  const logged = await until('a logged explanation', () =>
    sandbox.lines('outpostd.snapshots.log').find(({ name }) => name === 'explained'),
  );
  assert.match(JSON.stringify(logged), /"table_name":"\(statement\)"/);
});
