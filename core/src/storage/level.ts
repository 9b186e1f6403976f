import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OutpostError } from '@outpost/protocol';
import type { Level } from 'level';
import { type Backend, type Change, noBytes, type Range } from './backend.ts';
import { storeError } from './failure.ts';

/** Makes the directory and those above it. Not `recursive`: Node never returns from that below a directory like /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) {
    if (!statSync(path).isDirectory())
      throw new OutpostError('STORE_DENIED', { path, reason: 'it is not a directory' });
    chmodSync(path, 0o700);
    return;
  }
  if (dirname(path) !== path && !existsSync(dirname(path))) makeDirectory(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** A LevelDB database in a directory of mode 0700. */
export class LevelBackend implements Backend {
  readonly #db: Level<Uint8Array, Uint8Array>;
  readonly #path: string;

  private constructor(path: string, db: Level<Uint8Array, Uint8Array>) {
    this.#path = path;
    this.#db = db;
  }

  /** @throws what LevelDB throws; see failure.ts */
  static async open(path: string): Promise<LevelBackend> {
    try {
      makeDirectory(path);
    } catch (error) {
      throw storeError(path, error);
    }
    const { Level } = await import('level');
    const db = new Level<Uint8Array, Uint8Array>(path, { keyEncoding: 'view', valueEncoding: 'view' });
    await db.open();
    return new LevelBackend(path, db);
  }

  /** Whether the files are still where they were opened. */
  get present(): boolean {
    return existsSync(join(this.#path, 'CURRENT'));
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#db.get(key);
  }

  async write(changes: readonly Change[], sync: boolean): Promise<void> {
    await this.#db.batch([...changes], { sync });
  }

  async entries(range: Range): Promise<[Uint8Array, Uint8Array][]> {
    const bounds = { [range.exclusive ? 'gt' : 'gte']: range.from, lt: range.to, limit: range.limit };
    if (range.values) return this.#db.iterator(bounds).all();
    const keys = await this.#db.keys(bounds).all();
    return keys.map(key => [key, noBytes]);
  }

  async close(): Promise<void> {
    await this.#db.close();
  }
}
