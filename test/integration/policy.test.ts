import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExtensionManagerClient, unixEndpoint } from '@outpost/protocol';
import { repositoryFile, Sandbox, until } from './harness.ts';

test('the policy binds extensions and other processes, and what it refuses is a row', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  const policy = sandbox.write('policy.json', { hello: { tables: ['inv_*'] }, '*': { calls: ['table/time'] } });
  sandbox.daemon(
    `--extension=${repositoryFile('examples', 'hello-table', 'hello.ts')}`,
    `--extensions_policy=${policy}`,
  );
  const refusal = await until(
    'a refused registration',
    async () =>
      (
        await sandbox.ask("select extension, target, reason from outpost_extension_refusals where action = 'register'")
      )[0],
  );
  assert.deepEqual(refusal, { extension: 'hello', reason: 'its policy has no table hello', target: 'table/hello' });
  assert.equal((await sandbox.ask('select 1 from outpost_extensions where uuid <> 0')).length, 0);

  assert.deepEqual(await sandbox.ask('select extension, tables, calls, query from outpost_extension_policy'), [
    {
      extension: 'hello',
      tables: 'inv_*',
      calls: 'table/*,config/*,logger/*,distributed/*',
      query: '1',
    },
    { extension: '*', tables: '*', calls: 'table/time', query: '1' },
  ]);
  const client = await ExtensionManagerClient.connect(unixEndpoint(sandbox.socket));
  context.after(() => client.close());
  const allowed = await client.call('table', 'time', { action: 'generate', context: '{"constraints":[]}' });
  assert.equal(allowed.status.code, 0, allowed.status.message);
  const denied = await client.call('config', 'update', { action: 'update', source: 'x', data: '{}' });
  assert.deepEqual([denied.status.code, denied.response.length], [1, 0]);
  assert.match(denied.status.message, /policy .* no call of config\/update/);
  const absent = await client.call('database', 'leveldb', { action: 'get' });
  assert.match(absent.status.message, /^Cannot call registry item: leveldb$/);
});
