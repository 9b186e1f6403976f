import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { repositoryFile } from '../integration/harness.ts';

/** How long one command of a build may take, milliseconds. Rust and Go compile their dependencies the first time. */
const commandMs = 300_000;

/** A program in another language, and how it is made. */
export interface ForeignProgram {
  /** Names its directory in the cache. */
  readonly name: string;
  /** Directories of the repository whose files are put together, later ones over earlier ones. */
  readonly sources: readonly string[];
  /** Programs that have to be there, each asked for its version with these words. */
  readonly tools: readonly (readonly [tool: string, ...versionWords: string[]])[];
  /** What is run in the directory, in order. */
  readonly commands: readonly (readonly [command: string, ...words: string[]])[];
  readonly environment?: NodeJS.ProcessEnv;
  /** The file that comes out, as a path in the directory. */
  readonly program: string;
}

/** The tools that this machine lacks to build a program. */
export const missingTools = ({ tools }: ForeignProgram): readonly string[] =>
  tools.filter(([tool, ...words]) => spawnSync(tool, words, { stdio: 'ignore' }).status !== 0).map(([tool]) => tool);

/** Those files of a directory that an example consists of: what a build leaves in it is not among them. */
const filesOf = (directory: string): readonly string[] => {
  const built = new Set(['.venv', 'target', '__pycache__']);
  const parts = (path: string): readonly string[] => relative(directory, path).split('/');
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(path => !parts(path).some(part => built.has(part)))
    .toSorted();
};

const digestOf = (program: ForeignProgram, directories: readonly string[]): string => {
  const hash = createHash('sha256').update(JSON.stringify(program));
  for (const path of directories.flatMap(filesOf)) hash.update(`\0${path}\0`).update(readFileSync(path));
  return hash.digest('hex');
};

const run = (
  [command, ...words]: readonly [string, ...string[]],
  cwd: string,
  environment?: NodeJS.ProcessEnv,
): void => {
  const { status, error, stdout, stderr } = spawnSync(command, words, {
    cwd,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    timeout: commandMs,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0) return;
  const how = error === undefined ? `ended with ${status}` : error.message;
  throw new Error(`${[command, ...words].join(' ')} in ${cwd} ${how}:\n${stdout}${stderr}`);
};

/**
 * Builds a program, if there is anything to build, in a cache outside the repository's own files, unless it has been built from the same files already.
 * @returns its path
 * @throws Error with what the failing command said
 */
export const build = (program: ForeignProgram): string => {
  if (program.commands.length === 0) return repositoryFile(...program.sources, program.program);
  const cache = repositoryFile('node_modules', '.cache', 'stock-sdks', program.name);
  const stamp = join(cache, '.built-from');
  const result = join(cache, program.program);
  const directories = program.sources.map(source => repositoryFile(source));
  const digest = digestOf(program, directories);
  if (existsSync(stamp) && existsSync(result) && readFileSync(stamp, 'utf8') === digest) return result;
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true, mode: 0o755 });
  for (const directory of directories)
    for (const path of filesOf(directory)) cpSync(path, join(cache, relative(directory, path)));
  for (const command of program.commands) run(command, cache, program.environment);
  writeFileSync(stamp, digest);
  return result;
};
