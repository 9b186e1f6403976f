import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build as buildNative } from '../core/native/build.mjs';
import { buildExecutable } from './executable.ts';
import { dist, root } from './paths.ts';

/** What goes into the executable, all of it. */
const inputs = [
  '{core,protocol,packaging}/**/*.{ts,mjs,js,json,node}',
  'extensions/*/src/**/*.ts',
  'package-lock.json',
];

const modified = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

const newestInput = (): number =>
  Math.max(
    ...globSync(inputs, { cwd: root, exclude: path => path.endsWith('node_modules') }).map(file =>
      modified(join(root, file)),
    ),
  );

/** dist/outpost, built anew when it is older than what goes into it. @returns its path */
export const currentExecutable = async (): Promise<string> => {
  const output = join(dist, 'outpost');
  buildNative();
  if (modified(output) <= newestInput()) await buildExecutable(output);
  return output;
};
