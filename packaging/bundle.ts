import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { type BuildOptions, build, type Metafile, type TransformOptions, transform } from 'esbuild';
import { inExecutable, urlOf } from './in-executable.ts';
import { root } from './paths.ts';

/** The code of the agent, divided. */
export interface Bundle {
  /** CommonJS code by the name of its chunk. */
  readonly chunks: Readonly<Record<string, string>>;
  /** The chunk of each module that is imported by name. */
  readonly modules: Readonly<Record<string, string>>;
  /** What the executable runs first. */
  readonly boot: string;
}

/** Modules that are imported by a name that only the run of the program tells: by that name, the file. */
const named: Readonly<Record<string, string>> = {
  'daemon/main': 'core/src/daemon/main.ts',
  'shell/main': 'core/src/shell/main.ts',
  'toolbox/main': 'core/src/toolbox/main.ts',
  'query-thread': 'core/src/engine/query-thread.ts',
  'host-thread': 'core/src/engine/host-thread.ts',
  '@outpost/protocol': 'protocol/src/index.ts',
  '@outpost/sdk': 'extensions/sdk/src/index.ts',
  '@outpost/tables': 'extensions/tables/src/index.ts',
  '@outpost/config': 'extensions/config/src/index.ts',
  '@outpost/logger': 'extensions/logger/src/index.ts',
  '@outpost/distributed': 'extensions/distributed/src/index.ts',
};

/** Modules of tables, and the one that expands patterns: the catalog names them by URL. */
const located = (): string[] =>
  globSync(['extensions/tables/src/{common,linux,posix}/*.ts', 'extensions/tables/src/lib/glob.ts'], {
    cwd: root,
  }).sort();

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: `node${process.versions.node}`,
  mainFields: ['module', 'main'],
  define: { __dirname: '"/"', __filename: '"/"' }, // packages look for native parts there, which are elsewhere
  legalComments: 'none',
  write: false,
  logLevel: 'warning',
  logOverride: { 'duplicate-case': 'silent' }, // in code that the Thrift compiler made
  plugins: [inExecutable],
};

/** A chunk finds others by `require`, whether the source imported them at once or later. */
const toCommonJs: TransformOptions = {
  format: 'cjs',
  platform: 'node',
  supported: { 'dynamic-import': false },
};

/**
 * Imports of which no name is used. esbuild has an entry import all that a barrel such as the protocol's index mentions; no module of
 * ours does anything when it is loaded (`sideEffects` in the package.json), so a watcher need not load sockets and threads.
 */
const idleImports = /^import "\.\/[^"]+";$/gm;

/** A chunk as a function of the names that a CommonJS module finds. Parentheses around it have V8 compile it at once. */
const wrapped = (code: string): string => `(function(exports,require,module){${code}\n})`;

/** A CommonJS package that is imported when it is needed would lose its names: esbuild gives on its `default` alone. */
const checkEntries = (outputs: Metafile['outputs']): void => {
  for (const { entryPoint, exports } of Object.values(outputs))
    if (entryPoint !== undefined && exports.length === 1 && exports[0] === 'default')
      throw new Error(
        `${entryPoint} is imported dynamically and is CommonJS; give it an ES module in in-executable.ts.`,
      );
};

/** Divides the agent into chunks, so that what one process or thread needs lies apart from the rest. */
const divide = async (): Promise<Omit<Bundle, 'boot'>> => {
  const entries = [...Object.values(named), ...located()];
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: entries,
    format: 'esm',
    splitting: true,
    outdir: 'dist',
    entryNames: '[name]-[hash]',
    chunkNames: 'shared-[hash]',
    metafile: true,
    write: false,
  });
  checkEntries(metafile.outputs);
  const chunks: Record<string, string> = {};
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text.replaceAll(idleImports, ''), toCommonJs);
    chunks[basename(path)] = wrapped(code);
  }
  const chunkOf = new Map(
    Object.entries(metafile.outputs).map(([path, { entryPoint = '' }]) => [entryPoint, basename(path)]),
  );
  const byName = [...Object.entries(named), ...located().map(file => [urlOf(file), file] as const)];
  const modules = Object.fromEntries(byName.map(([name, file]) => [name, chunkOf.get(file) ?? '']));
  return { chunks, modules };
};

const bundleBoot = async (): Promise<string> => {
  const { outputFiles } = await build({ ...common, entryPoints: ['packaging/runtime/boot.ts'], format: 'cjs' });
  return outputFiles?.[0]?.text ?? '';
};

/** Bundles the agent. The same sources give the same code. */
export const bundle = async (): Promise<Bundle> => ({ ...(await divide()), boot: await bundleBoot() });
