import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ExtensionClient, unixEndpoint } from '@outpost/protocol';
import { defineConfig, defineTable, integer, type ServeOptions, serve, text } from '@outpost/sdk';
import { fakeManager } from '@outpost/sdk/testing';

const directory = await mkdtemp(join(tmpdir(), 'serve-'));
after(() => rm(directory, { recursive: true }));

let sockets = 0;
const newSocket = (): string => {
  sockets += 1;
  return join(directory, `em${sockets}`);
};

const echo = defineTable({
  name: 'echo',
  description: 'Gives back what it is asked for.',
  columns: { word: text('The word', { index: true }), size: integer('Its length') },
  *generate(context) {
    for (const word of context.equals('word') ?? []) yield { word, size: word.length };
  },
});
const config = defineConfig({ name: 'remote', description: 'Remote.', genConfig: () => ({ here: '{}' }) });

const start = (socket: string, options: Partial<ServeOptions> = {}, timeout = 2) =>
  serve([echo, config], {
    name: 'demo',
    version: '1.2.3',
    argv: ['--socket', socket, '--timeout', String(timeout), '--interval', '0.2'],
    signals: false,
    ...options,
  });

const context = JSON.stringify({ constraints: [{ name: 'word', list: [{ op: 2, expr: 'hi' }] }] });
const generate = { action: 'generate', context };

test('an extension registers its plugins, listens and answers', async () => {
  await using manager = await fakeManager();
  await using extension = await start(manager.socket);
  const [registered] = manager.extensions;
  assert.ok(registered);
  assert.equal(registered.uuid, extension.uuid);
  assert.equal(registered.info.name, 'demo');
  assert.equal(registered.info.version, '1.2.3');
  assert.deepEqual(Object.keys(registered.registry).sort(), ['config', 'table']);
  assert.equal(registered.registry.table?.echo?.[0]?.name, 'word');
  const path = `${manager.socket}.${extension.uuid}`;
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const answer = await manager.call(extension.uuid, 'table', 'echo', generate);
  assert.deepEqual(answer, {
    status: { code: 0, message: 'OK', uuid: extension.uuid },
    response: [{ word: 'hi', size: '2' }],
  });
  assert.deepEqual((await manager.call(extension.uuid, 'config', 'remote', { action: 'genConfig' })).response, [
    { here: '{}' },
  ]);
  using client = await ExtensionClient.connect(unixEndpoint(path));
  assert.deepEqual(await client.ping(), { code: 0, message: 'pong', uuid: extension.uuid });
  await client.shutdown();
  assert.equal((await client.ping()).code, 0);
});

test('calls to what is not there are answered in the words of osquery', async () => {
  await using manager = await fakeManager();
  await using extension = await start(manager.socket);
  const message = async (registry: string, item: string) =>
    (await manager.call(extension.uuid, registry, item, { action: 'columns' })).status;
  assert.deepEqual(await message('nothing', 'x'), {
    code: 1,
    message: 'Unknown registry requested: nothing',
    uuid: extension.uuid,
  });
  assert.equal((await message('logger', 'x')).message, 'Cannot call registry item: x');
  assert.equal((await message('table', 'x')).message, 'Cannot call registry item: x');
});

test('closing deregisters and removes the socket', async () => {
  await using manager = await fakeManager();
  const extension = await start(manager.socket);
  const path = `${manager.socket}.${extension.uuid}`;
  await extension.close();
  await extension.closed;
  await extension.close();
  assert.deepEqual(manager.extensions, []);
  assert.equal(existsSync(path), false);
});

test('an extension started first waits for its agent', async () => {
  const socket = newSocket();
  const starting = start(socket);
  await delay(100);
  await using manager = await fakeManager({ socket });
  await using extension = await starting;
  assert.equal(manager.extensions[0]?.uuid, extension.uuid);
});

test('an agent that never comes, and a path that is too long, are named', async () => {
  const begun = Date.now();
  const socket = newSocket();
  await assert.rejects(start(socket, {}, 0.3), {
    code: 'MANAGER_NOT_FOUND',
    message: `The extension demo found no extension manager at ${socket} within 0.3 seconds.`,
  });
  assert.ok(Date.now() - begun < 2000);
  await assert.rejects(start(`/tmp/${'x'.repeat(110)}`), { code: 'SOCKET_PATH_TOO_LONG' });
});

test('a refused registration is an error with the words of the agent', async () => {
  await using manager = await fakeManager({
    register: () => ({ code: 1, message: 'Incompatible extension SDK version', uuid: 0 }),
  });
  await assert.rejects(start(manager.socket), {
    code: 'REGISTRATION_REFUSED',
    message: /demo: Incompatible extension SDK version/,
  });
});

test('a name that is still taken is tried again', async () => {
  await using manager = await fakeManager();
  const dying = await start(manager.socket);
  const starting = start(manager.socket);
  await delay(100);
  await dying.close();
  await using successor = await starting;
  assert.deepEqual(
    manager.extensions.map(({ uuid }) => uuid),
    [successor.uuid],
  );
});

test('a name that stays taken is refused when the time is up', async () => {
  await using manager = await fakeManager();
  await using first = await start(manager.socket);
  await assert.rejects(start(manager.socket, {}, 0.3), {
    code: 'REGISTRATION_REFUSED',
    message: /Duplicate extension registered/,
  });
  assert.equal(manager.extensions[0]?.uuid, first.uuid);
});

test('an extension that was dropped registers again', async () => {
  await using manager = await fakeManager();
  await using extension = await start(manager.socket);
  const before = extension.uuid;
  manager.drop(before);
  const again = await manager.registered('demo');
  assert.notEqual(again, before);
  assert.equal(extension.uuid, again);
  assert.equal(existsSync(`${manager.socket}.${before}`), false);
  assert.equal((await manager.call(again, 'table', 'echo', generate)).response.length, 1);
});

test('an extension waits for an agent that went away and serves its successor', async () => {
  const socket = newSocket();
  const first = await fakeManager({ socket });
  await using extension = await start(socket);
  await first.close();
  await delay(300);
  await using second = await fakeManager({ socket });
  const again = await second.registered('demo');
  assert.equal(extension.uuid, again);
  assert.equal((await second.call(again, 'table', 'echo', generate)).response.length, 1);
});

test('an extension that an agent started leaves with it', async () => {
  const manager = await fakeManager();
  const extension = await start(manager.socket, { leaveWithCore: true }, 0.3);
  await manager.close();
  await extension.closed;
});

test('calls of several callers are served at the same time', async () => {
  await using manager = await fakeManager();
  const released = Promise.withResolvers<void>();
  const slow = defineTable({
    name: 'slow',
    description: 'Waits to be released.',
    columns: { tick: integer('Tick') },
    async *generate() {
      await released.promise;
      yield { tick: 1 };
    },
  });
  const options = { name: 'slow', argv: ['--socket', manager.socket], signals: false };
  await using extension = await serve([slow, echo], options);
  const waiting = manager.call(extension.uuid, 'table', 'slow', { action: 'generate' });
  assert.equal((await manager.call(extension.uuid, 'table', 'echo', generate)).response.length, 1);
  released.resolve();
  assert.deepEqual((await waiting).response, [{ tick: '1' }]);
});

test('a call that takes longer than the deadline is given up', async () => {
  await using manager = await fakeManager();
  const stuck = defineTable({
    name: 'stuck',
    description: 'Is deaf to its signal.',
    columns: { tick: integer('Tick') },
    async *generate({ signal }) {
      yield { tick: Number(signal.aborted) };
      await new Promise(() => undefined);
    },
  });
  await using extension = await serve([stuck], {
    name: 'stuck',
    argv: ['--socket', manager.socket],
    signals: false,
    deadlineMs: 100,
  });
  const { status } = await manager.call(extension.uuid, 'table', 'stuck', { action: 'generate' });
  assert.equal(status.message, 'The call was given up before it was answered.');
});

test('an extension can ask the agent', async () => {
  await using manager = await fakeManager({
    query: sql =>
      sql === 'bad'
        ? { status: { code: 1, message: 'no such table', uuid: 0 }, response: [] }
        : { status: { code: 0, message: 'OK', uuid: 0 }, response: [{ sql }] },
  });
  await using extension = await start(manager.socket);
  assert.deepEqual(await extension.query('select 1'), [{ sql: 'select 1' }]);
  await assert.rejects(extension.query('bad'), { code: 'MANAGER_QUERY_FAILED', message: /no such table/ });
  await extension.call('config', 'update', { action: 'update', source: 's', data: '{}' });
  assert.deepEqual(manager.calls, [
    { registry: 'config', item: 'update', request: { action: 'update', source: 's', data: '{}' } },
  ]);
});

test('what cannot be served is refused, all of it at once', async () => {
  const other = defineTable({
    name: 'other',
    aliases: ['echo'],
    description: 'Other.',
    columns: { a: text('a') },
    generate: () => [],
  });
  const serving = serve([echo, other, { kind: 'table' } as never], { name: ' ', argv: ['--socket', '/s'] });
  await assert.rejects(serving, {
    code: 'DEFINITION_INVALID',
    message:
      /the extension has no name; two plugins are called table echo; the plugin number 3 was not made by a define function/,
  });
  await assert.rejects(serve([], { name: 'x', argv: [] }), /there is no plugin to serve/);
  await assert.rejects(serve([echo], { name: 'x', argv: [] }), { code: 'EXTENSION_ARGUMENTS_INVALID' });
});
