import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { repositoryFile } from '../integration/harness.ts';

const directory = mkdtempSync(join(tmpdir(), 'outpost-packages-'));
after(() => rmSync(directory, { recursive: true, force: true }));
const modules = join(directory, 'node_modules');

const packed = execFileSync(process.execPath, [repositoryFile('scripts', 'pack.ts'), join(directory, 'packed')], {
  encoding: 'utf8',
})
  .trim()
  .split('\n');

/** Unpacks the tarballs as npm would, beside the packages of others that they need. */
const install = (): void => {
  for (const tarball of packed) {
    const name = /outpost-(\w+)-[^/]*$/.exec(tarball)?.[1] ?? '';
    const target = join(modules, '@outpost', name);
    mkdirSync(target, { recursive: true });
    execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
  }
  symlinkSync(repositoryFile('node_modules', 'thrift'), join(modules, 'thrift'));
};
install();

const filesOf = (name: string): string[] =>
  readdirSync(join(modules, '@outpost', name), { recursive: true, encoding: 'utf8' });

test('the packages hold JavaScript with declarations, a licence and a page, and no sources', () => {
  assert.equal(packed.length, 2);
  for (const name of ['protocol', 'sdk']) {
    const files = filesOf(name);
    for (const wanted of ['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts'])
      assert.ok(files.includes(wanted), `${name} lacks ${wanted}`);
    assert.deepEqual(
      files.filter(file => /(?<!\.d)\.m?ts$/.test(file) || file.startsWith('src')),
      [],
    );
  }
  assert.ok(filesOf('protocol').includes('osquery.thrift'));
});

test('everything that a package exports is there, and its own dependencies have the version it was made with', () => {
  for (const name of ['protocol', 'sdk']) {
    const home = join(modules, '@outpost', name);
    const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
      private?: boolean;
      version: string;
      exports: Record<string, string | Record<string, string>>;
      dependencies: Record<string, string>;
    };
    assert.equal(manifest.private, undefined);
    const paths = Object.values(manifest.exports).flatMap(target =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    for (const path of paths) assert.ok(globSync(path, { cwd: home }).length > 0, path);
    assert.equal(manifest.dependencies['@outpost/protocol'] ?? manifest.version, manifest.version);
  }
});

test('an extension outside the repository runs on the packages', () => {
  writeFileSync(
    join(directory, 'served.mjs'),
    `import { defineTable, serve, text } from '@outpost/sdk';
     import { fakeManager, rowsOf } from '@outpost/sdk/testing';
     const one = defineTable({
       name: 'one', description: 'One row.', columns: { word: text('A word') }, generate: () => [{ word: 'x' }],
     });
     const manager = await fakeManager();
     const running = await serve([one], { name: 'outside', argv: ['--socket', manager.socket] });
     const { response } = await manager.call(running.uuid, 'table', 'one', { action: 'generate' });
     await running.close();
     await manager.close();
     console.log(JSON.stringify([response, await rowsOf(one)]));`,
  );
  const said = execFileSync(process.execPath, [join(directory, 'served.mjs')], { encoding: 'utf8', cwd: directory });
  assert.deepEqual(JSON.parse(said), [[{ word: 'x' }], [{ word: 'x' }]]);
});

test('declarations name declarations', () => {
  for (const name of ['protocol', 'sdk'])
    for (const file of filesOf(name).filter(path => path.endsWith('.d.ts')))
      assert.doesNotMatch(readFileSync(join(modules, '@outpost', name, file), 'utf8'), /from '\.[^']*\.ts'/, file);
});
