import { copyFileSync, linkSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { storeError } from './failure.ts';
import { Store } from './store.ts';

/** Files of LevelDB that are written once and never changed, so that a link is as good as a copy. */
const unchanging = /\.(?:ldb|sst)$/;

/** LevelDB removes files while we look; one that is gone was replaced by another that is copied after it. */
const take = (from: string, to: string, file: string): void => {
  try {
    if (unchanging.test(file)) linkSync(join(from, file), join(to, file));
    else copyFileSync(join(from, file), join(to, file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
};

const filesOf = (path: string): readonly string[] => {
  try {
    return readdirSync(path).filter(file => file !== 'LOCK');
  } catch (error) {
    throw storeError(path, error);
  }
};

/**
 * Reads a database that a running agent may have open, by way of a copy beside it: LevelDB lets one process in. What was committed
 * before is there; what is written meanwhile may be.
 * @throws OutpostError STORE_FAILED where there is no database, STORE_DENIED and others of the store
 */
export async function readCopy<T>(path: string, read: (store: Store) => Promise<T>): Promise<T> {
  const files = filesOf(path);
  const copy = mkdtempSync(join(dirname(path), '.outpost-copy-'));
  try {
    for (const file of files) take(path, copy, file);
    const notices: string[] = [];
    const store = await Store.open(copy, { onNotice: notice => notices.push(notice), keepDamaged: 0 });
    try {
      if (notices.length > 0) throw new Error(notices.join(' '));
      return await read(store);
    } finally {
      await store.close();
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
