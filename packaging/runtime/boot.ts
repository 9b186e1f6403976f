/**
 * What the executable runs first, in the main thread and in every other: it decides what this thread is, and loads that.
 * Node takes no option from the command line or from NODE_OPTIONS here: see packaging/executable.ts.
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { getAsset } from 'node:sea';
import type { Worker } from 'node:worker_threads';
import { requestOf } from '../../core/bin/request.mjs';
import type { ModuleNamespace } from '../../core/src/runtime/modules.ts';
import { type ThreadName, threadOptions } from '../../core/src/runtime/thread-options.ts';
import { carries, loadModule, moduleNames, rejected } from './chunks.ts';
import { provideExecutable } from './executable.ts';
import { loadNative, nativePath, shareNativeParts, takeNativeParts } from './native-parts.ts';

type Main = (invocation: { readonly name: string; readonly argv: readonly string[] }) => Promise<number>;

/** Loaded only where a file is: Node's own loader of modules takes its time. */
const foreignModules = () => import('./foreign-modules.ts');

const resolvePackage = (name: string): string => {
  if (carries(name)) return name;
  throw new Error(`The executable has no package ${name}; a module from outside is named by its path.`);
};

const importModule = async (specifier: string): Promise<ModuleNamespace> => {
  if (carries(specifier)) return loadModule(specifier);
  const url = URL.canParse(specifier) ? specifier : resolvePackage(specifier);
  return (await foreignModules()).importForeign(url);
};

/** The description of the registered symbol of a thread's global property, which tells its name. */
const threadKey = 'outpost.thread';

/** A query thread that was started before anybody asked for it. */
let ahead: Worker | undefined;

const startThread = (name: ThreadName): Worker => {
  if (name === 'query-thread' && ahead !== undefined) {
    const thread = ahead;
    ahead = undefined;
    return thread;
  }
  shareNativeParts();
  const threads = process.getBuiltinModule('node:worker_threads'); // 2 MB, which a watcher does without
  const code = `globalThis[Symbol.for(${JSON.stringify(threadKey)})] = ${JSON.stringify(name)};${getAsset('boot', 'latin1')}`;
  return new threads.Worker(code, { ...threadOptions[name], eval: true });
};

/** Starts the thread that runs a shell's first query while the shell is loaded, and then, while the thread starts, what both need. */
const startAhead = (): void => {
  ahead = startThread('query-thread');
  ahead.unref();
  setImmediate(() => {
    loadNative('better_sqlite3');
    loadNative('outpost');
  });
};

const runScript = async (path: string | undefined, argv: readonly string[]): Promise<void> => {
  if (path === undefined || !existsSync(path)) {
    const fault = path === undefined ? 'needs a file' : `does not find the file ${path}`;
    process.stderr.write(`outpost run ${fault}: outpost run FILE [ARGUMENT...]\n`);
    process.exitCode = 1;
    return;
  }
  const { runForeign } = await foreignModules();
  runForeign(path, argv);
};

const runMain = async (): Promise<void> => {
  delete process.env.NODE_OPTIONS; // for the processes that this one starts
  const { entry, name, argv } = requestOf('outpost', basename(process.argv0), process.argv.slice(2));
  if (entry === 'run') return runScript(argv[0], argv.slice(1));
  if (entry === 'shell') startAhead();
  const { main } = loadModule(`${entry}/main`) as { readonly main: Main };
  process.exitCode = await main({ name, argv });
};

provideExecutable({
  ...{ importModule, resolvePackage, loadModule, moduleNames, rejected },
  ...{ startThread, nativePath, loadNative },
});

const thread = (globalThis as unknown as Record<symbol, ThreadName | undefined>)[Symbol.for(threadKey)];
if (thread === undefined) void runMain();
else {
  takeNativeParts();
  loadModule(thread);
}
