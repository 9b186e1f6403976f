import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTable, hostPlugin, integer, withDeadline } from '@outpost/sdk';
import { PluginServer } from '../../../../extensions/sdk/src/serve/handler.ts';
import { Plugins } from '../../../../extensions/sdk/src/serve/plugins.ts';

const givenUp = 'The call was given up before it was answered.';

/** A table whose generator never ends, and a promise of its having heard that it should. */
const endless = () => {
  const heard = Promise.withResolvers<void>();
  const table = defineTable({
    name: 'endless',
    description: 'Never ends.',
    columns: { tick: integer('Tick') },
    async *generate({ signal }) {
      signal.addEventListener('abort', () => heard.resolve());
      yield { tick: 1 };
      await new Promise(() => undefined);
    },
  });
  return { table, heard: heard.promise };
};

test('a generator hears that its time is up', async () => {
  const { table, heard } = endless();
  const server = new PluginServer(new Plugins([table], {}), {}, 20);
  server.uuid = 12;
  const answer = await server.call('table', 'endless', { action: 'generate' });
  assert.deepEqual(answer, { status: { code: 1, message: givenUp, uuid: 12 }, response: [] });
  await heard;
});

test('a generator hears that its caller gave up', async () => {
  const { table, heard } = endless();
  const caller = new AbortController();
  const call = withDeadline({ timeoutMs: 60_000, signal: caller.signal }, signal =>
    hostPlugin(table)({ action: 'generate' }, { signal }),
  );
  setImmediate(() => caller.abort());
  assert.equal((await call).status.message, givenUp);
  await heard;
});

test('a caller that gave up before gets no rows', async () => {
  const table = defineTable({ name: 't', description: 'T.', columns: { a: integer('A') }, generate: () => [{ a: 1 }] });
  const { status } = await withDeadline({ timeoutMs: 60_000, signal: AbortSignal.abort() }, signal =>
    hostPlugin(table)({ action: 'generate' }, { signal }),
  );
  assert.equal(status.code, 1);
});
