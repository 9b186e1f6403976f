import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ExtensionManagerClient, serveExtension, unixEndpoint } from '@outpost/protocol';
import { Sandbox, until } from './harness.ts';

/** How long the extension takes from its registration until it listens, as a slow interpreter does. */
const lateMs = 700;

test('a config plugin that registers before it listens is asked once it answers', async context => {
  const sandbox = Sandbox.for(context);
  const daemon = sandbox.daemon('--config_plugin=late');
  using client = await until('the socket', () => ExtensionManagerClient.connect(unixEndpoint(sandbox.socket)));
  const info = { name: 'late', version: '1', sdkVersion: '5.0.0', minSdkVersion: '0.0.0' };
  const { code, uuid } = await client.registerExtension(info, { config: { late: [] } });
  assert.equal(code, 0);
  await delay(lateMs);
  const ok = { code: 0, message: 'OK', uuid };
  const text = JSON.stringify({ schedule: { one: { query: 'select 1 as one', interval: 60 } } });
  const server = await serveExtension(unixEndpoint(`${sandbox.socket}.${uuid}`), {
    ping: () => ok,
    call: () => ({ status: ok, response: [{ late: text }] }),
    shutdown: () => undefined,
  });
  context.after(() => server.close());
  const names = await until('the schedule', async () => {
    const rows = await sandbox.ask('select name from osquery_schedule');
    return rows.length > 0 ? rows : undefined;
  });
  assert.deepEqual(names, [{ name: 'one' }]);
  assert.doesNotMatch(daemon.stderr, /Error reading config/);
});
