import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What the names of directories with private copies begin with. */
export const copyPrefix = 'outpost-sqlite-';
/** How old a directory is that nobody works on any more, milliseconds: it is emptied as soon as the copy is open. */
const staleMs = 60 * 60 * 1000;

let looked = false;

/**
 * Removes what a process left behind that was killed while it copied; looks once a thread.
 * @param directory where copies are made
 */
export const removeStaleCopies = (directory: string): void => {
  if (looked) return;
  looked = true;
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(copyPrefix)) continue;
    const path = join(directory, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.uid === process.getuid?.() && Date.now() - (stats?.mtimeMs ?? 0) > staleMs)
      rmSync(path, { recursive: true, force: true });
  }
};
