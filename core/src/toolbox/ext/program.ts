import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, dirname, extname, resolve } from 'node:path';
import { OutpostError } from '@outpost/protocol';
import { scriptCommand } from '../../runtime/programs.ts';

const script = (path: string): readonly string[] => {
  const { command, args } = scriptCommand(path);
  return [command, ...args];
};

/** What runs a file that is no program by itself. */
const interpreters: Readonly<Record<string, (path: string) => readonly string[]>> = {
  '.ts': script,
  '.mts': script,
  '.js': script,
  '.mjs': script,
  '.py': path => ['python3', path],
  '.go': path => ['go', 'run', path],
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * The words that start an extension: a program as it is, and a source file by what runs it.
 * @throws OutpostError EXTENSION_FILE_MISSING, EXTENSION_FILE_NOT_RUNNABLE for a path that cannot be run
 */
export const commandOf = ([first = '', ...rest]: readonly string[]): readonly string[] => {
  const isPath = first.includes('/') || extname(first) in interpreters;
  if (!isPath) return [first, ...rest];
  const path = resolve(first);
  if (!existsSync(path)) throw new OutpostError('EXTENSION_FILE_MISSING', { path });
  const interpreter = interpreters[extname(path)];
  if (interpreter !== undefined) return [...interpreter(path), ...rest];
  if (statSync(path).isDirectory() || !isExecutable(path))
    throw new OutpostError('EXTENSION_FILE_NOT_RUNNABLE', { path });
  return [path, ...rest];
};

/** The environment of an extension: PATH begins with our Node.js, so that `#!/usr/bin/env node` runs this version. */
export const extensionEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: [dirname(process.execPath), process.env.PATH ?? '/usr/bin:/bin'].join(delimiter),
});
