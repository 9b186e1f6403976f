import { constants, copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OutpostError } from '@outpost/protocol';
import { storeError } from './failure.ts';
import { Store } from './store.ts';

/** How often a copy is begun that LevelDB, which removes files while we look, has left incomplete. */
const attempts = 5;

/**
 * Never a link: LevelDB gives the copy's next table the number of one that the agent is just writing, and would empty the agent's
 * file. Where the file system can, the copy shares its blocks.
 */
const take = (from: string, to: string, file: string): void =>
  copyFileSync(join(from, file), join(to, file), constants.COPYFILE_FICLONE);

/** The files that say which others belong to the database: once they are copied, those others are whole and change no more. */
const isIndex = (file: string): boolean => /^(?:CURRENT$|MANIFEST-)/.test(file);

/** The files of a database in the order in which they are to be copied. */
const filesOf = (path: string): readonly string[] => {
  try {
    const files = readdirSync(path).filter(file => file !== 'LOCK');
    return [...files.filter(isIndex), ...files.filter(file => !isIndex(file))];
  } catch (error) {
    throw storeError(path, error);
  }
};

/** Copies the files of a database. @returns false when one was removed meanwhile: what took its place is not in the list */
const takeAll = (path: string, copy: string): boolean => {
  try {
    for (const file of filesOf(path)) take(path, copy, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw storeError(path, error);
  }
};

const incomplete = (path: string, faults: readonly string[]): OutpostError => {
  const reason = `it is damaged, or changed each of the ${attempts} times that it was copied`;
  return new OutpostError('STORE_FAILED', { path, reason }, { cause: new Error(faults.join(' ')) });
};

/** Opens a whole copy. @returns undefined when files do not belong together; `faults` is told why */
async function openCopy(path: string, copy: string, faults: string[]): Promise<Store | undefined> {
  if (!takeAll(path, copy)) {
    faults.push('A file was removed while it was copied.');
    return undefined;
  }
  const before = faults.length;
  const store = await Store.open(copy, { onNotice: notice => faults.push(notice), keepDamaged: 0 });
  if (faults.length === before) return store;
  await store.close();
  return undefined;
}

const makeFolder = (path: string): string => {
  try {
    return mkdtempSync(join(dirname(path), '.outpost-copy-'));
  } catch (error) {
    throw storeError(path, error);
  }
};

/** Makes a copy and reads it. @returns undefined when it was not whole */
async function attempt<T>(
  path: string,
  read: (store: Store) => Promise<T>,
  faults: string[],
): Promise<{ readonly value: T } | undefined> {
  const copy = makeFolder(path);
  try {
    const store = await openCopy(path, copy, faults);
    if (store === undefined) return undefined;
    const before = faults.length;
    try {
      const value = await read(store);
      if (faults.length > before) throw incomplete(path, faults);
      return { value };
    } finally {
      await store.close();
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/**
 * Reads a database that a running agent may have open, by way of a copy beside it: LevelDB lets one process in. What was committed
 * before is there; what is written meanwhile may be. The copy takes as much room as the database, until it was read.
 * @throws OutpostError STORE_FAILED where there is no whole database, STORE_DENIED and others of the store
 */
export async function readCopy<T>(path: string, read: (store: Store) => Promise<T>): Promise<T> {
  filesOf(path);
  const faults: string[] = [];
  for (let count = 0; count < attempts; count++) {
    const done = await attempt(path, read, faults);
    if (done !== undefined) return done.value;
  }
  throw incomplete(path, faults);
}
