import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExtensionManagerClient, unixEndpoint } from '@outpost/protocol';
import { Sandbox, until } from './harness.ts';

test('an extension pushes a source of the configuration, and what it lacks is told', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: { own: { query: 'select 1 as one', interval: 60 } } });
  sandbox.daemon();
  await until('an answer', () => sandbox.ask('select 1 as one'));
  await until('the schedule', async () => (await sandbox.ask('select name from osquery_schedule')).length === 1);
  using client = await ExtensionManagerClient.connect(unixEndpoint(sandbox.socket));
  const data = JSON.stringify({ schedule: { pushed: { query: 'select 2 as two', interval: 60 } } });
  const { status } = await client.call('config', 'update', { action: 'update', source: 'extension', data });
  assert.equal(status.code, 0, status.message);
  const names = await sandbox.ask('select name from osquery_schedule order by name');
  assert.deepEqual(names, [{ name: 'own' }, { name: 'pushed' }]);
  const incomplete = await client.call('config', 'update', { action: 'update', source: 'extension' });
  assert.deepEqual([incomplete.status.code, incomplete.status.message], [1, 'Missing source or data']);
});
