import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { rowsOf } from '../../../core/src/engine/rows.ts';
import { openCore } from '../engine/agent-core.ts';

test('a table is told of a setting, of its change, and of its end, also when an extension asks', async t => {
  const server = http.createServer((_, response) => response.end('up 1\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const core = await openCore(t);
  const targets = async (): Promise<unknown[]> => {
    const result = await core.engine.query('select target_name from prometheus_metrics', { lane: 'scheduled' });
    return [...rowsOf(result)].map(row => row.target_name);
  };
  assert.deepEqual(await targets(), []);
  core.tableSettings.set('prometheus_targets', JSON.stringify([{ urls: [url] }]));
  assert.deepEqual(await targets(), [url]);
  const request = { action: 'generate', context: '{}' };
  const answer = await core.registry.call('table', 'prometheus_metrics', request);
  assert.deepEqual(
    answer.response?.map(row => row.target_name),
    [url],
  );
  core.tableSettings.set('prometheus_targets', undefined);
  assert.deepEqual(await targets(), []);
});

test('a machine whose firmware has no identifier has the one that the agent made', async t => {
  const core = await openCore(t);
  core.tableSettings.set('host_uuid', 'c0ffee00-0000-4000-8000-000000000000');
  const [row] = [...rowsOf(await core.engine.query('select uuid from system_info', { lane: 'scheduled' }))];
  assert.match(String(row?.uuid), /^[0-9A-Fa-f-]{36}$/);
});
