import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sdkPackages } from '../core/src/runtime/sdk-packages.ts';
import { templateFiles } from '../core/src/runtime/template-files.ts';
import { bundle } from './bundle.ts';
import { dist, root } from './paths.ts';
import type { NativePart } from './runtime/native-parts.ts';

const modules = join(root, 'node_modules');
const platform = `linux-${process.arch}`;

/** Where the native parts come from. */
const partFiles: Readonly<Record<NativePart, string>> = {
  better_sqlite3: join(modules, `better-sqlite3/prebuilds/${platform}.node`),
  classic_level: join(modules, `classic-level/prebuilds/${platform}/classic-level.node`),
  koffi: join(modules, `@koromix/koffi-${platform}/linux_${process.arch}/koffi.node`),
  outpost: join(root, 'core/native/build/outpost.node'),
};

/**
 * The runtime's options, which nobody can change: neither the command line nor NODE_OPTIONS adds any. SIGUSR1 opens no inspector; what
 * the agent uses of the runtime's experimental parts (node:ffi) is no news for who runs it. V8 gets one thread for its chores: an agent
 * leaves the other processors to the machine.
 */
const runtimeOptions = ['--disable-sigusr1', '--v8-pool-size=1', '--disable-warning=ExperimentalWarning'];

/** Node without its symbol table, a quarter of it, which only a debugger reads. */
const strippedRuntime = (folder: string): string => {
  const runtime = join(folder, 'node');
  copyFileSync(process.execPath, runtime);
  execFileSync('strip', ['--strip-all', runtime]);
  return runtime;
};

/**
 * With these V8 compiles to the same bytes each time: it puts what it compiled in the order of hashes, and leaves gaps that show what the
 * memory held before, so the seed is fixed, one thread does all, and no memory is used twice.
 */
const steadyCompiler = ['--hash-seed=1', '--predictable', '--min-semi-space-size=128', '--max-semi-space-size=128'];

/** Writes what goes into the executable. @returns the files by the names of the assets */
const writeAssets = async (folder: string): Promise<Record<string, string>> => {
  const { boot, ...code } = await bundle();
  writeFileSync(join(folder, 'boot'), boot, 'latin1');
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify(code));
  execFileSync(process.execPath, [...steadyCompiler, join(import.meta.dirname, 'write-code.ts'), folder]);
  writeFileSync(join(folder, 'templates'), JSON.stringify(templateFiles()));
  const packages = sdkPackages().map(({ file, bytes }) => {
    writeFileSync(join(folder, file), bytes);
    return [`package/${file}`, file];
  });
  const natives = Object.entries(partFiles).map(([part, file]) => [`native/${part}`, file]);
  const named = Object.fromEntries([...natives, ...packages]);
  return { boot: 'boot', index: 'index', chunks: 'chunks', templates: 'templates', ...named };
};

/**
 * Builds the executable. The same sources and packages give the same bytes.
 * @param output where it goes
 */
export const buildExecutable = async (output = join(dist, 'outpost')): Promise<void> => {
  mkdirSync(dist, { recursive: true });
  const folder = mkdtempSync(join(dist, '.build-'));
  try {
    const config = {
      main: 'boot',
      executable: strippedRuntime(folder),
      output: 'outpost',
      disableExperimentalSEAWarning: true,
      execArgv: runtimeOptions,
      execArgvExtension: 'none',
      assets: await writeAssets(folder),
    };
    writeFileSync(join(folder, 'sea.json'), JSON.stringify(config));
    execFileSync(process.execPath, ['--build-sea', 'sea.json'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    renameSync(join(folder, 'outpost'), output);
  } finally {
    rmSync(folder, { recursive: true });
  }
};
