// Builds the native module with the system's C compiler: no node-gyp, no download. Plain JavaScript for any Node from 18 on,
// because `npm ci` runs it before the pinned runtime can be relied on.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

/** Where the built module lies. */
export const modulePath = join(here, 'build', 'outpost.node');

/** Where the module with AddressSanitizer and UndefinedBehaviorSanitizer lies, which the tests build. */
export const sanitizedPath = join(here, 'build', 'outpost-sanitized.node');

const common = [
  '-std=c11',
  '-D_GNU_SOURCE',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-fPIC',
  '-shared',
  '-pthread',
  '-fvisibility=hidden',
  '-Wl,-z,nodelete', // better-sqlite3 may call into it for as long as the process lives: see src/memory.c
];
const release = ['-O2'];
const sanitized = [
  '-O1',
  '-g',
  '-fno-omit-frame-pointer',
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=undefined',
];

/** The folder of an installed package, wherever npm put it. */
const packageFolder = name => {
  for (const folder of require.resolve.paths(name) ?? []) {
    if (existsSync(join(folder, name, 'package.json'))) return realpathSync(join(folder, name));
  }
  throw new Error(`The package ${name} is not installed; run npm ci, without --omit=optional.`);
};

const includes = () => [
  '-isystem',
  join(packageFolder('better-sqlite3'), 'deps', 'sqlite3'),
  '-isystem',
  join(packageFolder(`node-linux-${process.arch}`), 'include', 'node'),
];

const sources = () => readdirSync(join(here, 'src')).map(name => join(here, 'src', name));

const isCurrent = output => {
  if (!existsSync(output)) return false;
  const built = statSync(output).mtimeMs;
  const inputs = [...sources(), fileURLToPath(import.meta.url), join(packageFolder('better-sqlite3'), 'package.json')];
  return inputs.every(path => statSync(path).mtimeMs < built);
};

const compile = (output, flags) => {
  const [compiler, ...extra] = (process.env.CC || 'cc').split(' ').filter(Boolean);
  const temporary = `${output}.${process.pid}`;
  const inputs = sources().filter(path => path.endsWith('.c'));
  mkdirSync(dirname(output), { recursive: true });
  const result = spawnSync(
    compiler,
    [...extra, ...common, ...flags, ...includes(), ...inputs, '-o', temporary, '-lm'],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  if (result.error?.code === 'ENOENT') {
    throw new Error(
      `There is no C compiler (${compiler}); install one with "apt-get install gcc libc6-dev" or "dnf install gcc".`,
    );
  }
  if (result.status !== 0) throw new Error(`The native module did not build: ${compiler} ended with ${result.status}.`);
  renameSync(temporary, output);
};

/** Builds the module, unless it is newer than its sources. Returns its path. Throws an Error with one sentence on failure. */
export const build = () => {
  if (!isCurrent(modulePath)) compile(modulePath, release);
  return modulePath;
};

/** Builds the variant with sanitizers, unless it is newer than its sources. Returns its path; throws as {@link build} does. */
export const buildSanitized = () => {
  if (!isCurrent(sanitizedPath)) compile(sanitizedPath, sanitized);
  return sanitizedPath;
};

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    if (process.platform === 'linux') build();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
