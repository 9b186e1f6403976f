import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decodeConfigRequest,
  decodeConfigSources,
  decodePack,
  defineConfig,
  encodeConfigRequest,
  encodeConfigSources,
  encodePack,
  hostPlugin,
  isPluginDefinition,
  routesOf,
} from '@outpost/sdk';
import fc from 'fast-check';

const shape = { name: 'remote', description: 'From afar.' } as const;
const remote = defineConfig({
  ...shape,
  genConfig: () => ({ one: '{"a":1}', two: '{}' }),
  genPack: async (name, value) => JSON.stringify({ name, value }),
});

test('a definition is checked, frozen and has no routes', () => {
  assert.ok(isPluginDefinition(remote) && Object.isFrozen(remote));
  assert.deepEqual(routesOf(remote), []);
  assert.throws(() => defineConfig({ name: 'two words', description: '', genPack: 1 } as never), {
    code: 'DEFINITION_INVALID',
    message:
      'The config two words is not well defined: the name "two words" is not one word; the description is empty; ' +
      'genConfig is missing; genPack is not a function',
  });
});

test('genConfig and genPack are answered', async () => {
  const host = hostPlugin(remote);
  const sources = await host({ action: 'genConfig' });
  assert.deepEqual(sources, { status: { code: 0, message: 'OK', uuid: 0 }, response: [{ one: '{"a":1}', two: '{}' }] });
  const pack = await host({ action: 'genPack', name: 'p', value: '/x' });
  assert.deepEqual(pack.response, [{ p: '{"name":"p","value":"/x"}' }]);
});

test('faulty requests are answered in the words of osquery', async () => {
  const host = hostPlugin(remote);
  const cases: [Record<string, string>, string][] = [
    [{}, 'Config plugins require an action'],
    [{ action: 'genPack', name: 'p' }, 'Missing name or value'],
    [{ action: 'update', source: 's' }, 'Missing source or data'],
    [{ action: 'option' }, 'Missing option name'],
    [{ action: 'x' }, 'Config plugin action unknown: x'],
    [{ action: 'update', source: 's', data: 'd' }, 'Only the core merges configuration'],
    [{ action: 'option', name: 'n' }, 'Only the core knows options'],
  ];
  for (const [request, message] of cases) assert.deepEqual((await host(request)).status, { code: 1, message, uuid: 0 });
});

test('a failing plugin, and one without packs, answer code 1', async () => {
  const failing = hostPlugin(defineConfig({ ...shape, genConfig: () => Promise.reject(new Error('no network')) }));
  assert.deepEqual((await failing({ action: 'genConfig' })).status, { code: 1, message: 'no network', uuid: 0 });
  assert.equal((await failing({ action: 'genPack', name: 'p', value: 'v' })).status.message, 'Not implemented');
});

test('the core serves update and option through hooks', async () => {
  const updates: string[][] = [];
  const host = hostPlugin(remote, {
    updateConfig: (source, data) => void updates.push([source, data]),
    readOption: name => `value of ${name}`,
  });
  assert.equal((await host({ action: 'update', source: 's', data: '{}' })).status.code, 0);
  assert.deepEqual(updates, [['s', '{}']]);
  assert.deepEqual((await host({ action: 'option', name: 'n' })).response, [{ name: 'n', value: 'value of n' }]);
});

test('requests and responses survive', () => {
  const word = fc.string();
  const request = fc.oneof(
    fc.record({ action: fc.constant('genConfig' as const) }),
    fc.record({ action: fc.constant('genPack' as const), name: word, value: word }),
    fc.record({ action: fc.constant('update' as const), source: word, data: word }),
    fc.record({ action: fc.constant('option' as const), name: word }),
  );
  fc.assert(
    fc.property(request, given => assert.deepEqual(decodeConfigRequest(encodeConfigRequest(given)), { ...given })),
  );
  const sources = fc.dictionary(word, word, { noNullPrototype: true });
  fc.assert(fc.property(sources, given => assert.deepEqual(decodeConfigSources(encodeConfigSources(given)), given)));
  fc.assert(fc.property(word, word, (name, json) => assert.equal(decodePack(name, encodePack(name, json)), json)));
  assert.deepEqual(decodeConfigSources([]), {});
});
