import { readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { OnLoadResult, Plugin } from 'esbuild';
import { root } from './paths.ts';
import { executableKey } from './runtime/executable.ts';
import type { NativePart } from './runtime/native-parts.ts';

/** The URL of a file of the repository, for code that asks for its own. */
export const urlOf = (file: string): string => `outpost:///${file}`;

/** The shared objects of packages, by what their paths end with. */
const nativeOf = (path: string): NativePart | undefined => {
  const file = basename(path);
  if (file === `linux-${process.arch}.node`) return 'better_sqlite3';
  return file === 'koffi.node' ? 'koffi' : undefined;
};

const given = (part: NativePart): string =>
  `globalThis[Symbol.for(${JSON.stringify(executableKey)})].loadNative(${JSON.stringify(part)})`;

/** What sources ask the runtime about themselves, answered now. */
const ownSource = (path: string): OnLoadResult => {
  const file = relative(root, path);
  const contents = readFileSync(path, 'utf8')
    .replaceAll('const require = createRequire(import.meta.url);', '')
    .replaceAll('createRequire(import.meta.url)', 'require')
    .replaceAll('import.meta.url', JSON.stringify(urlOf(file)))
    .replaceAll('import.meta.main', 'false');
  return { contents, loader: 'ts' };
};

const nativeModule = (contents: string): OnLoadResult => ({ contents: `module.exports = ${contents};`, loader: 'js' });

/** Puts the executable's own modules and native parts in the place of those that read files. */
export const inExecutable: Plugin = {
  name: 'in-executable',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^better-sqlite3$/ }, () => ({
      path: join(root, `node_modules/better-sqlite3/lib/linux-${process.arch}.js`),
    }));
    onResolve({ filter: /^\.\.?\/runtime\/[a-z-]+\.ts$/ }, ({ path }) => ({
      path: join(root, 'packaging/runtime/replaced', basename(path)),
    }));
    onResolve({ filter: /^koffi$/ }, () => ({ path: 'koffi.node', namespace: 'native' }));
    onResolve({ filter: /\.node$/ }, ({ path }) => ({ path, namespace: 'native' }));
    onResolve({ filter: /^node-gyp-build$/ }, () => ({ path: 'node-gyp-build', namespace: 'gyp' }));
    onResolve({ filter: /^msgpackr-extract$/ }, () => ({ path: 'msgpackr-extract', namespace: 'absent' }));
    onResolve({ filter: /^level$/ }, () => ({ path: 'level', namespace: 'level' }));
    onLoad({ filter: /.*/, namespace: 'level' }, () => ({
      contents: "export { ClassicLevel as Level } from 'classic-level';",
      resolveDir: root,
    }));
    onLoad({ filter: /.*/, namespace: 'native' }, ({ path }) => {
      const part = nativeOf(path);
      return part === undefined ? { errors: [{ text: `${path} is no native part` }] } : nativeModule(given(part));
    });
    onLoad({ filter: /.*/, namespace: 'gyp' }, () => nativeModule(`() => ${given('classic_level')}`));
    onLoad({ filter: /.*/, namespace: 'absent' }, () => nativeModule('undefined'));
    onLoad({ filter: /\/(?:core|protocol|extensions\/\w+)\/src\/.*\.ts$/ }, ({ path }) =>
      path.includes('/node_modules/') ? undefined : ownSource(path),
    );
  },
};
