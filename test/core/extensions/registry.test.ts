import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExtensionResponse } from '@outpost/protocol';
import { defineConfig, defineLogger, defineTable, text } from '@outpost/sdk';
import { Registry, type RegistryChange } from '../../../core/src/extensions/registry.ts';

const ok = (rows: Record<string, string>[] = []): ExtensionResponse => ({
  status: { code: 0, message: 'OK', uuid: 7 },
  response: rows,
});

const config = defineConfig({ name: 'own', description: 'One source.', genConfig: () => ({ main: '{}' }) });
const hosts = defineTable({
  name: 'etc_hosts',
  aliases: ['hosts'],
  description: 'Hosts.',
  examples: ['select * from etc_hosts'],
  columns: { address: text('IP address') },
  generate: () => [{ address: '::1' }],
});
const column = [{ id: 'column', name: 'a', type: 'TEXT', op: '0' }];

test('a plugin in process is called by name, by alias and as the active one', async () => {
  const registry = new Registry();
  registry.addLocal(config);
  registry.addLocal(hosts, { internal: true });
  registry.setActive('config', 'own');
  assert.deepEqual((await registry.call('config', 'own', { action: 'genConfig' })).response, [{ main: '{}' }]);
  assert.deepEqual((await registry.call('config', '', { action: 'genConfig' })).response, [{ main: '{}' }]);
  const generate = { action: 'generate', context: '{"constraints":[]}' };
  assert.deepEqual((await registry.call('table', 'hosts', generate)).response, [{ address: '::1' }]);
  assert.deepEqual(registry.list(), [
    { registry: 'config', name: 'own', ownerUuid: 0, internal: false, active: true },
    { registry: 'table', name: 'etc_hosts', ownerUuid: 0, internal: true, active: false },
  ]);
});

test('a plugin in process that hangs is given up at the end of the time', async () => {
  const registry = new Registry();
  registry.addLocal(
    defineLogger({ name: 'stuck', description: 'Hangs.', logString: () => new Promise(() => undefined) }),
  );
  const { status } = await registry.call('logger', 'stuck', { string: 'x' }, { timeoutMs: 20 });
  assert.equal(status.message, 'The call was given up before it was answered.');
});

for (const [registryName, item, message] of [
  ['carver', 'x', 'Unknown registry requested: carver'],
  ['carver', '', 'Unknown registry requested: carver'],
  ['config', 'absent', 'Cannot call registry item: absent'],
  ['config', '', 'Cannot call registry item: '],
] as const)
  test(`a call of ${registryName}/${item || '(empty)'} is refused with osquery's text`, async () => {
    assert.deepEqual(await new Registry().call(registryName, item, {}), {
      status: { code: 1, message, uuid: 0 },
      response: [],
    });
  });

test('a comma-separated list calls each item, whatever they answer', async () => {
  const lines: string[] = [];
  const logger = (name: string) =>
    defineLogger({ name, description: 'Collects.', logString: line => void lines.push(`${name} ${line}`) });
  const registry = new Registry();
  registry.addLocal(logger('one'));
  registry.addLocal(logger('two'));
  assert.equal((await registry.call('logger', 'one,absent, two', { string: 'x' })).status.code, 0);
  registry.setActive('logger', 'two,one');
  assert.equal((await registry.call('logger', '', { string: 'y' })).status.code, 0);
  assert.deepEqual(lines, ['one x', 'two x', 'two y', 'one y']);
});

test('rows come only with code 0, and what a caller throws is code 1 with its text', async () => {
  const registry = new Registry();
  registry.addHandler('sql', 'sql', async () => ({
    status: { code: 5, message: 'no', uuid: 0 },
    response: [{ a: 'b' }],
  }));
  registry.addHandler('sql', 'broken', async () => Promise.reject(new Error('it broke')));
  registry.addHandler('sql', 'odd', async () => Promise.reject('text'));
  assert.deepEqual(await registry.call('sql', 'sql', {}), {
    status: { code: 5, message: 'no', uuid: 0 },
    response: [],
  });
  assert.equal((await registry.call('sql', 'broken', {})).status.message, 'it broke');
  assert.equal((await registry.call('sql', 'odd', {})).status.message, 'Unknown exception');
});

test('routes of an extension are carried by its caller, and forgotten as a whole', async () => {
  const registry = new Registry();
  const changes: RegistryChange['kind'][] = [];
  registry.onChange(({ kind }) => changes.push(kind));
  registry.addRoutes(
    7,
    'remote',
    { config: { far: [] }, table: { t: column } },
    {
      call: async (...call) => ok([{ call: call.join(' ') }]),
    },
  );
  registry.setActive('config', 'far');
  assert.equal(registry.ownerOf('table', 't'), 7);
  assert.equal((await registry.call('config', '', {})).response[0]?.call, 'config far [object Object] [object Object]');
  registry.removeRoutes(7);
  registry.removeRoutes(7);
  assert.equal(registry.has('table', 't'), false);
  assert.equal((await registry.call('config', '', {})).status.message, 'Cannot call registry item: far');
  assert.deepEqual(changes, ['added', 'removed']);
});

for (const [message, uuid, routes] of [
  ['Duplicate extension UUID: 7', 7, {}],
  ['Registry item own conflicts with another item of the same name.', 8, { nonsense: {}, config: { own: [] } }],
  ['Registry item t conflicts with another item of the same name.', 8, { table: { t: column } }],
  ['Unknown registry: carver', 8, { carver: {} }],
  ['Invalid route info', 8, { table: { empty: [] } }],
] as const)
  test(`routes are refused as a whole: ${message}`, () => {
    const registry = new Registry();
    registry.addLocal(config, { internal: true });
    registry.addRoutes(7, 'first', { table: { t: column } }, { call: async () => ok() });
    const before = registry.list();
    const broadcast = { logger: { good: [] }, ...structuredClone(routes) } as Record<string, Record<string, never[]>>;
    assert.throws(() => registry.addRoutes(uuid, 'second', broadcast, { call: async () => ok() }), { message });
    assert.deepEqual(registry.list(), before);
  });

test('an item of another registry may have the same name', () => {
  const registry = new Registry();
  registry.addLocal(config);
  registry.addRoutes(7, 'other', { logger: { own: [] } }, { call: async () => ok() });
  assert.ok(registry.has('logger', 'own'));
});

test('the active plugin must exist, and the refusal names those that do', () => {
  const registry = new Registry();
  registry.addLocal(config);
  assert.throws(() => registry.setActive('config', 'tls'), { code: 'PLUGIN_UNKNOWN', remedy: /Choose one of: own;/ });
  assert.throws(() => registry.setActive('carver', 'x'), { code: 'REGISTRY_UNKNOWN' });
});

test('waiting for a plugin ends when it comes, or at the deadline', async () => {
  const registry = new Registry();
  const waiting = registry.waitFor('config', 'own', 60_000);
  registry.addLocal(config);
  assert.equal(await waiting, true);
  assert.equal(await registry.waitFor('config', 'own', 0), true);
  assert.equal(await registry.waitFor('config', 'never', 10), false);
});
