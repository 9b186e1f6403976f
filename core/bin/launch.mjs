/**
 * Starts a command of Outpost: in this process when its Node will do, else in a fresh one of the pinned runtime. Plain JavaScript that
 * old versions of Node read, since it is they that must be told.
 *
 * A command runs on Node 26 or later, without NODE_OPTIONS (which could load foreign code or open a debugger) and with SIGUSR1 kept
 * from opening Node's inspector. The daemon starts afresh with --disable-sigusr1, by execve(2) where Node has it, so that no second
 * process stays. The shell and the toolbox install a listener for SIGUSR1 instead, which costs nothing.
 */
import nodeModule, { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { requestOf } from './request.mjs';

const leastMajor = 26;
const keepInspectorShut = '--disable-sigusr1';
const here = fileURLToPath(import.meta.url);

const majorOf = version => Number(version.replace(/^v/, '').split('.')[0]);

/** The executable of the pinned runtime, or undefined when its package is not installed. */
const pinnedRuntime = packageName => {
  try {
    const require = createRequire(import.meta.url);
    const packageFile = require.resolve(`${packageName}/package.json`);
    if (majorOf(require(packageFile).version) < leastMajor) return undefined;
    return join(dirname(packageFile), 'bin', 'node');
  } catch {
    return undefined;
  }
};

/** Sends the signals this process gets on to a child. A terminal sends SIGINT and SIGQUIT to both by itself. */
const forwardSignals = (child, atTerminal) => {
  for (const name of ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGWINCH']) {
    process.on(name, () => child.kill(name));
  }
  for (const name of ['SIGINT', 'SIGQUIT']) process.on(name, () => atTerminal || child.kill(name));
};

/** Ends this process as a child ended: with its exit code, or by the same signal. */
const endLike = async (code, signal) => {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  const { constants } = await import('node:os');
  setTimeout(() => process.exit(128 + constants.signals[signal]), 1000);
};

const fail = text => {
  process.stderr.write(`${text}\n`);
  process.exit(1);
};

const startAfresh = async (runtime, name, words) => {
  const environment = { ...process.env };
  delete environment.NODE_OPTIONS;
  const runtimeArguments = [keepInspectorShut, ...words];
  if (typeof process.execve === 'function') process.execve(runtime, [runtime, ...runtimeArguments], environment);
  const { spawn } = await import('node:child_process');
  const child = spawn(runtime, runtimeArguments, { stdio: 'inherit', env: environment });
  const { isatty } = await import('node:tty');
  forwardSignals(child, isatty(0));
  child.on('error', error => fail(`${name} cannot start the runtime ${runtime}: ${error.message}. Run npm ci again.`));
  child.on('exit', endLike);
};

/** Keeps compiled code in node_modules/.cache, where that can be written: sources then start two to three times as fast. */
const enableCache = () => {
  if (typeof nodeModule.enableCompileCache !== 'function' || process.env.NODE_DISABLE_COMPILE_CACHE) return;
  const nested = here.lastIndexOf('/node_modules/');
  const modules =
    nested < 0 ? join(dirname(here), '../../node_modules') : here.slice(0, nested + '/node_modules'.length);
  const directory = join(modules, '.cache', 'outpost');
  nodeModule.enableCompileCache(directory);
  process.env.NODE_COMPILE_CACHE = directory; // for the threads, which do not take it over from this one
};

/** What can run this program: this runtime's executable, or the pinned one; undefined, and the fault is told, when there is none. */
const runtimeFor = name => {
  if (majorOf(process.version) >= leastMajor) return process.execPath;
  const packageName = `node-${process.platform}-${process.arch}`;
  const runtime = pinnedRuntime(packageName);
  if (runtime !== undefined) return runtime;
  return fail(
    `${name} needs Node ${leastMajor} or later, this is Node ${process.version}, and the package ${packageName} that brings it is not installed: run npm ci, or install Node ${leastMajor}.`,
  );
};

/** Runs a file as its program in a fresh process: an extension, with the agent's own runtime. */
const runScript = (runtime, name, argv) => {
  if (argv.length === 0) fail(`${name} run needs a file: ${name} run FILE [ARGUMENT…]`);
  const provideSdk = pathToFileURL(join(dirname(here), '../src/runtime/provide-sdk.ts')).href;
  return startAfresh(runtime, name, ['--import', provideSdk, ...argv]);
};

/**
 * Runs a command to its end and sets the exit code.
 * @param ownName `outpostd`, `outposti` or `outpost`: the name of the calling file
 */
export const launch = async ownName => {
  const words = process.argv.slice(2);
  const { entry, name, argv } = requestOf(ownName, basename(process.argv[1]).replace(/\.mjs$/, ''), words);
  const runtime = runtimeFor(name);
  if (entry === 'run') return runScript(runtime, name, argv);
  const inspectorShut = process.execArgv.includes(keepInspectorShut);
  if (runtime !== process.execPath || process.env.NODE_OPTIONS || (entry === 'daemon' && !inspectorShut))
    return startAfresh(runtime, name, [process.argv[1], ...words]);
  if (!inspectorShut) process.on('SIGUSR1', () => undefined);
  enableCache();
  const { main } = await import(pathToFileURL(join(dirname(here), '..', 'src', entry, 'main.ts')).href);
  process.exitCode = await main({ name, argv });
};
