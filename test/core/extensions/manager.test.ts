import assert from 'node:assert/strict';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { ApplicationException } from '@outpost/protocol';
import { defineConfig } from '@outpost/sdk';
import type { ExtensionManager } from '../../../core/src/extensions/manager.ts';
import { Bench, introduction, oneColumn, temporaryFolder } from './fakes.ts';

const own = defineConfig({ name: 'own', description: 'One source.', genConfig: () => ({ main: '{}' }) });

test('the manager answers ping, options, query, getQueryColumns and shutdown as osquery does', async () => {
  await using bench = await new Bench().start();
  await bench.ask(async client => {
    assert.deepEqual(await client.ping(), { code: 0, message: 'pong', uuid: 0 });
    assert.deepEqual((await client.options()).get('verbose'), { value: 'false', defaultValue: 'false', type: 'bool' });
    assert.deepEqual((await client.query('select 1')).response, [{ sql: 'select 1' }]);
    assert.deepEqual(await client.query('bad'), {
      status: { code: 1, message: 'near "bad": syntax error', uuid: 0 },
      response: [],
    });
    assert.deepEqual((await client.getQueryColumns('x')).response, [{ a: 'TEXT' }, { b: 'TEXT' }, { a: 'TEXT' }]);
    assert.equal((await client.getQueryColumns('')).status.message, 'not an error');
    await client.shutdown();
    assert.equal((await client.ping()).code, 0);
  });
});

test('calls of the manager reach the registry', async () => {
  await using bench = await new Bench().start();
  bench.registry.addLocal(own);
  await bench.ask(async client => {
    assert.deepEqual((await client.call('config', 'own', { action: 'genConfig' })).response, [{ main: '{}' }]);
    assert.equal((await client.call('carver', 'x', {})).status.message, 'Unknown registry requested: carver');
    assert.equal((await client.call('config', 'x', {})).status.message, 'Cannot call registry item: x');
    await assert.rejects(client.call('carver', '', {}), ({ message, cause }: Error) => {
      assert.equal(message, 'Extension call failed: Unknown registry requested: carver');
      assert.ok(cause instanceof ApplicationException);
      assert.equal(cause.type, 0);
      return true;
    });
  });
});

test('a registration declares tables, is listed, and is undone by deregistering', async () => {
  await using bench = await new Bench().start();
  await using extension = await bench.extension('example', { table: { t: oneColumn }, config: { far: [] } });
  const { uuid } = extension;
  assert.deepEqual(bench.sql.tables.get('t')?.placement, {
    uuid,
    extension: 'example',
    socketPath: `${bench.socket}.${uuid}`,
  });
  assert.deepEqual(await bench.ask(client => client.extensions()), new Map([[uuid, introduction('example')]]));
  const { status, response } = await bench.ask(client => client.call('config', 'far', { action: 'genConfig' }));
  assert.deepEqual([status, response], [{ code: 0, message: 'OK', uuid: 0 }, [{ item: 'far' }]]);
  assert.deepEqual(await bench.ask(client => client.deregisterExtension(uuid)), { code: 0, message: 'OK', uuid: 0 });
  assert.equal(bench.sql.tables.size, 0);
  assert.equal(bench.registry.has('config', 'far'), false);
  assert.deepEqual(await bench.ask(client => client.deregisterExtension(uuid)), {
    code: 1,
    message: 'No extension UUID found',
    uuid: 0,
  });
});

for (const [name, registry, message] of [
  [
    'conflict',
    { config: { own: [] } },
    'Failed adding registry: Registry item own conflicts with another item of the same name.',
  ],
  ['unknown', { carver: {} }, 'Failed adding registry: Unknown registry: carver'],
  ['routes', { table: { t: [] } }, 'Failed adding registry: Invalid route info'],
  ['sqlite', { table: { first: oneColumn, 'a b': oneColumn } }, 'Failed adding registry: SQLITE_ERROR'],
] as const)
  test(`a registration fails as a whole: ${message}`, async () => {
    await using bench = await new Bench().start();
    bench.registry.addLocal(own, { internal: true });
    const broadcast = structuredClone(registry) as unknown as Record<string, Record<string, []>>;
    assert.deepEqual(await bench.register(name, broadcast), { code: 1, message, uuid: 0 });
    assert.equal(bench.sql.tables.size, 0);
    assert.equal((await bench.ask(client => client.extensions())).size, 0);
    assert.ok(bench.log.lines.some(line => line.message.startsWith(`Could not add extension ${name}: `)));
    assert.equal((await bench.register(name)).code, 0);
  });

for (const [version, passes] of [
  ['1.7.6', false],
  ['1.7.7', true],
  ['1.6', false],
  ['0.9.9', false],
  ['5.0.0', true],
  ['1.7.7.1', true],
  ['0.0.0', true],
  ['1', true],
  ['abc', true],
  ['', true],
] as const)
  test(`an SDK of version ${version || '(empty)'} ${passes ? 'passes' : 'is refused'}`, async () => {
    await using bench = await new Bench().start();
    const { code, message } = await bench.register('example', {}, version);
    assert.deepEqual([code, message], passes ? [0, 'OK'] : [1, 'Incompatible extension SDK version']);
  });

test('a second extension of the same name is a duplicate, listening or just registered', async () => {
  await using bench = await new Bench().start();
  assert.equal((await bench.register('young')).code, 0);
  await using _extension = await bench.extension('example');
  for (const name of ['young', 'example'])
    assert.deepEqual(await bench.register(name, {}, '1.7.6'), {
      code: 1,
      message: 'Duplicate extension registered',
      uuid: 0,
    });
  assert.ok(bench.log.lines.some(line => line.message === 'Refusing to register duplicate extension example'));
});

test('only root and the own user may register, where the kernel names the peer', async () => {
  await using bench = await new Bench().start({ peerOf: () => ({ pid: 1, uid: 4321, gid: 0 }) });
  const { code, message } = await bench.register('example');
  assert.deepEqual(
    [code, message],
    [1, 'Only root, the user of the agent and the members of --extensions_group may register extensions'],
  );
});

test('one name registered twice at the same time is registered once', async () => {
  await using bench = await new Bench().start();
  const codes = await Promise.all([1, 2, 3].map(async () => (await bench.register('example')).code));
  assert.deepEqual(codes.sort(), [0, 1, 1]);
});

test('a required extension is waited for until it answers', async () => {
  await using bench = await new Bench().start();
  const waiting = bench.manager.waitForExtension('example', 60_000);
  await using _extension = await bench.extension('example');
  assert.equal(await waiting, true);
  assert.equal(await bench.manager.waitForExtension('other', 10), false);
});

test('the stop tells the extensions, and removes the sockets', async () => {
  await using bench = await new Bench().start();
  await using extension = await bench.extension('example');
  await bench.manager.stop();
  assert.equal(extension.shutdowns, 1);
  assert.equal(bench.manager.events().at(-1)?.to, 'stopped');
  for (const path of [bench.socket, `${bench.socket}.${extension.uuid}`])
    assert.equal(statSync(path, { throwIfNoEntry: false }), undefined, path);
});

test('sockets of a former agent are removed at the start, and nothing else', async () => {
  await using bench = new Bench();
  const stale = createServer();
  await new Promise<void>(resolve => stale.listen(`${bench.socket}.123`, resolve));
  writeFileSync(`${bench.socket}.124`, 'no socket');
  await bench.start();
  assert.equal(statSync(`${bench.socket}.123`, { throwIfNoEntry: false }), undefined);
  assert.ok(statSync(`${bench.socket}.124`).isFile());
  assert.equal(statSync(bench.socket).mode & 0o777, 0o600);
  stale.close();
});

test('a socket that another agent serves is left alone', async () => {
  await using bench = await new Bench().start();
  await using extension = await bench.extension('example');
  await assert.rejects(new Bench().start({ socketPath: bench.socket }), { code: 'SOCKET_IN_USE' });
  assert.ok(statSync(`${bench.socket}.${extension.uuid}`).isSocket());
});

test('a path that cannot become a socket is refused with a code', async () => {
  using folder = temporaryFolder();
  const start = (socketPath: string): Promise<ExtensionManager> =>
    new Bench().start({ socketPath }).then(bench => bench.manager);
  await assert.rejects(start(join(folder.path, 'x'.repeat(120))), { code: 'SOCKET_PATH_TOO_LONG' });
  await assert.rejects(start(join(folder.path, 'x'.repeat(104 - folder.path.length))), {
    code: 'EXTENSIONS_SOCKET_TOO_LONG',
  });
  await assert.rejects(start(join(folder.path, 'absent', 'em')), {
    code: 'EXTENSIONS_SOCKET_DIRECTORY_MISSING',
    message: `Extension socket directory missing: ${join(folder.path, 'absent', 'em')}`,
  });
  mkdirSync(join(folder.path, 'em'));
  await assert.rejects(start(join(folder.path, 'em')), { code: 'SOCKET_PATH_OCCUPIED' });
});
