import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTable, integer } from '@outpost/sdk';
import { PluginServer } from '../../../../extensions/sdk/src/serve/handler.ts';

test('a generator hears that its caller hung up', async () => {
  const caller = new AbortController();
  const heard = Promise.withResolvers<void>();
  const endless = defineTable({
    name: 'endless',
    description: 'Never ends.',
    columns: { tick: integer('Tick') },
    async *generate({ signal }) {
      signal.addEventListener('abort', () => heard.resolve());
      yield { tick: 1 };
      await new Promise(() => undefined);
    },
  });
  const server = new PluginServer([endless], {}, 60_000);
  server.uuid = 12;
  const call = server.call('table', 'endless', { action: 'generate' }, undefined, caller.signal);
  setImmediate(() => caller.abort());
  const status = { code: 1, message: 'The call was given up before it was answered.', uuid: 12 };
  assert.deepEqual(await call, { status, response: [] });
  await heard.promise;
});

test('a caller that hung up before gets no rows', async () => {
  const table = defineTable({ name: 't', description: 'T.', columns: { a: integer('A') }, generate: () => [{ a: 1 }] });
  const { status } = await new PluginServer([table], {}, 1000).call(
    'table',
    't',
    { action: 'generate' },
    undefined,
    AbortSignal.abort(),
  );
  assert.equal(status.code, 1);
});
