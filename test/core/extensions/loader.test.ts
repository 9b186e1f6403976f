import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadPlugins } from '../../../core/src/extensions/loader.ts';

const made: string[] = [];
after(() => {
  for (const path of made) rmSync(path, { force: true });
});

/** A module beside this file, so that it finds the SDK. */
function moduleOf(name: string, source: string): string {
  const path = join(import.meta.dirname, `${name}.${process.pid}.tmp.mjs`);
  writeFileSync(path, `import { defineConfig } from '@outpost/sdk';\n${source}`);
  made.push(path);
  return path;
}
const config = (name: string): string =>
  `defineConfig({ name: '${name}', description: 'One.', genConfig: () => ({}) })`;
const namesOf = async (path: string, options = {}): Promise<string[]> =>
  (await loadPlugins(path, options)).map(({ name }) => name);

test('exported definitions are found, alone and in arrays, each once', async () => {
  const path = moduleOf(
    'plain',
    `export const a = ${config('a')};\nexport const all = [a, ${config('b')}];\nexport const c = 1;`,
  );
  assert.deepEqual((await namesOf(path)).sort(), ['a', 'b']);
});

test('a module that needs options makes its definitions of them', async () => {
  const source = `export const other = ${config('other')};
    export const plugins = async ({ name }) => [defineConfig({ name, description: 'One.', genConfig: () => ({}) })];`;
  assert.deepEqual(await namesOf(moduleOf('options', source), { name: 'mine' }), ['mine']);
});

for (const [what, source] of [
  ['fails while it loads', `throw new Error('no luck');`],
  ['has a plugins() that fails', `export const plugins = () => { throw new Error('no luck'); };`],
] as const)
  test(`a module that ${what} is named with the reason`, async () => {
    const path = moduleOf('failing', source);
    const message = `The plugin module ${path} cannot be loaded: no luck.`;
    await assert.rejects(loadPlugins(`${path}`, {}), { code: 'PLUGIN_MODULE_UNLOADABLE', message });
    rmSync(path);
  });

test('a module that does not exist, or brings nothing, is an error', async () => {
  await assert.rejects(loadPlugins('./absent.ts', {}), { code: 'PLUGIN_MODULE_UNLOADABLE' });
  await assert.rejects(loadPlugins('@outpost/absent', {}), { code: 'PLUGIN_MODULE_UNLOADABLE' });
  await assert.rejects(loadPlugins('node:path', {}), { code: 'PLUGIN_MODULE_EMPTY' });
});
