import { OutpostError } from '@outpost/protocol';
import { type Backend, type Change, noBytes } from './backend.ts';
import { failureKind, failureText, storeError } from './failure.ts';
import { type Domain, decodeKey, encodeKey, keyAfterPrefix } from './keys.ts';
import { bringUpToDate } from './layout.ts';
import { LevelBackend } from './level.ts';
import { MemoryBackend } from './memory.ts';
import { setAside } from './set-aside.ts';

/** One change of an atomic batch. `deleteRange` takes the keys that are there when the batch begins, `from` and `to` included. */
export type Operation =
  | { readonly type: 'put'; readonly domain: Domain; readonly key: string; readonly value: Uint8Array }
  | { readonly type: 'delete'; readonly domain: Domain; readonly key: string }
  | { readonly type: 'deleteRange'; readonly domain: Domain; readonly from: string; readonly to: string };

/** Which part of a domain to read. */
export interface ScanOptions {
  /** Only keys that begin so. */
  readonly prefix?: string;
  /** Only keys after this one: the cursor. */
  readonly after?: string;
  /** How many at the most. */
  readonly limit: number;
  /** False when only keys are wanted; values are then empty. */
  readonly values?: boolean;
}

/** How a store is opened. */
export interface StoreOptions {
  /** Is told what was lost and where the damaged files are: a line for the status log. */
  readonly onNotice: (message: string) => void;
  /** The longest that a write waits to be safe from a power cut, milliseconds. */
  readonly syncMs?: number;
  /** How many damaged databases are kept. */
  readonly keepDamaged?: number;
}

/**
 * The agent's memory: domains of ordered keys, written in atomic batches. A batch that returned survives the death of the process; a
 * power cut costs at most the last second. A damaged database is set aside and a fresh one goes on, at start and at any time.
 */
export class Store {
  readonly #path: string;
  readonly #options: StoreOptions;
  #current: Backend;
  /** The current one after a failure: LevelDB must be opened again before its log can be trusted with another batch. */
  #suspect: Backend | undefined;
  #renewing: Promise<Backend> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #syncing: Promise<void> = Promise.resolve();
  #closed = false;
  /** How often the disk was asked to have everything. */
  syncs = 0;

  private constructor(path: string, options: StoreOptions, backend: Backend) {
    this.#path = path;
    this.#options = options;
    this.#current = backend;
  }

  /**
   * Opens or makes the database in the directory `path`.
   * @throws OutpostError STORE_LOCKED, STORE_DENIED, STORE_FULL, STORE_NEWER, STORE_FAILED
   */
  static async open(path: string, options: StoreOptions): Promise<Store> {
    return new Store(path, options, await openOrReplace(path, options));
  }

  /** A store that lives in memory and is lost with the process. */
  static memory(): Store {
    return new Store('(memory)', { onNotice: () => undefined }, new MemoryBackend());
  }

  /** The value of a key; undefined when there is none. */
  get(domain: Domain, key: string): Promise<Uint8Array | undefined> {
    return this.#use(backend => backend.get(encodeKey(domain, key)));
  }

  /** Applies all operations or none. */
  async batch(operations: readonly Operation[]): Promise<void> {
    if (operations.length === 0) return;
    await this.#use(async backend => backend.write(await changesOf(backend, operations), false));
    this.#timer ??= setTimeout(() => this.#syncLater(), this.#options.syncMs ?? 1000).unref();
  }

  /** Reads keys in order, from a cursor on. */
  async scan(domain: Domain, options: ScanOptions): Promise<[key: string, value: Uint8Array][]> {
    const { prefix = '', after, limit, values = true } = options;
    const from = encodeKey(domain, after !== undefined && after > prefix ? after : prefix);
    const range = { from, exclusive: after !== undefined && after >= prefix, to: keyAfterPrefix(domain, prefix) };
    const found = await this.#use(backend => backend.entries({ ...range, limit, values }));
    return found.map(([key, value]) => [decodeKey(domain, key), value]);
  }

  /** Makes everything written so far safe from a power cut. */
  async sync(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const marker: Change = { type: 'put', key: encodeKey('meta', 'synced'), value: noBytes };
    await this.#use(backend => {
      if (backend instanceof LevelBackend && !backend.present) throw new VanishedError();
      return backend.write([marker], true);
    });
    this.syncs += 1;
  }

  /** Closes the database and opens it again, which finds out whether it can still be. Calls meanwhile wait. Nothing for a store in memory. */
  async reopen(): Promise<void> {
    if (!(this.#current instanceof LevelBackend)) return;
    await this.sync();
    if (this.#renewing === undefined) await this.#renew(this.#current, () => openOrReplace(this.#path, this.#options));
  }

  /** Syncs and closes. Calls that come later are refused. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#syncing;
    try {
      await this.sync();
    } finally {
      this.#closed = true;
      clearTimeout(this.#timer);
      await this.#current.close();
    }
  }

  #syncLater(): void {
    this.#syncing = this.sync().catch((error: unknown) => {
      this.#options.onNotice(`The database ${this.#path} could not be synced: ${failureText(error)}.`);
    });
  }

  async #use<T>(work: (backend: Backend) => Promise<T>): Promise<T> {
    if (this.#closed) throw new OutpostError('STORE_CLOSED', { path: this.#path });
    const backend = await this.#usable();
    try {
      return await work(backend);
    } catch (error) {
      if (backend !== this.#current || this.#renewing !== undefined) return work(await this.#usable());
      if (isDamage(error)) return work(await this.#renew(backend, () => replace(this.#path, this.#options, error)));
      if (backend instanceof LevelBackend) this.#suspect = backend;
      throw storeError(this.#path, error);
    }
  }

  async #usable(): Promise<Backend> {
    if (this.#renewing !== undefined) return this.#renewing;
    if (this.#suspect !== this.#current) return this.#current;
    return this.#renew(this.#current, () => openOrReplace(this.#path, this.#options));
  }

  /** Puts what `open` gives in the place of the current database; when it fails, the next call tries again. */
  #renew(old: Backend, open: () => Promise<Backend>): Promise<Backend> {
    this.#renewing ??= (async () => {
      try {
        await old.close();
        this.#current = await open();
        this.#suspect = undefined;
        return this.#current;
      } catch (error) {
        this.#suspect = old;
        throw storeError(this.#path, error);
      } finally {
        this.#renewing = undefined;
      }
    })();
    return this.#renewing;
  }
}

/** The files of an open database are gone. */
class VanishedError extends Error {
  override readonly message = 'its files were removed';
}

const isDamage = (error: unknown): boolean => error instanceof VanishedError || failureKind(error) === 'damaged';

/** Opens a database and brings its layout up to date. */
async function openCurrent(path: string): Promise<Backend> {
  const backend = await LevelBackend.open(path);
  try {
    await bringUpToDate(path, backend);
    return backend;
  } catch (error) {
    await backend.close();
    throw error;
  }
}

async function openOrReplace(path: string, options: StoreOptions): Promise<Backend> {
  try {
    return await openCurrent(path);
  } catch (error) {
    if (!isDamage(error)) throw storeError(path, error);
    return replace(path, options, error);
  }
}

async function replace(path: string, options: StoreOptions, reason: unknown): Promise<Backend> {
  const { onNotice, keepDamaged = 3 } = options;
  try {
    const moved = setAside(path, Date.now(), keepDamaged);
    const backend = await openCurrent(path);
    const where = moved === undefined ? '' : ` The damaged files are in ${moved}.`;
    onNotice(
      `The database ${path} was damaged (${failureText(reason)}) and a fresh one takes its place. Lost are the earlier results of all queries, log lines not yet delivered, and stored identifiers.${where}`,
    );
    return backend;
  } catch (error) {
    throw storeError(path, error);
  }
}

async function changesOf(backend: Backend, operations: readonly Operation[]): Promise<Change[]> {
  const changes: Change[] = [];
  for (const operation of operations) {
    if (operation.type === 'deleteRange') changes.push(...(await deletions(backend, operation)));
    else if (operation.type === 'delete')
      changes.push({ type: 'del', key: encodeKey(operation.domain, operation.key) });
    else changes.push({ type: 'put', key: encodeKey(operation.domain, operation.key), value: operation.value });
  }
  return changes;
}

async function deletions(
  backend: Backend,
  { domain, from, to }: { domain: Domain; from: string; to: string },
): Promise<Change[]> {
  // The least key after `to` is `to` with a NUL byte behind it.
  const range = { from: encodeKey(domain, from), exclusive: false, to: encodeKey(domain, `${to}\0`) };
  const found = await backend.entries({ ...range, limit: Number.POSITIVE_INFINITY, values: false });
  return found.map(([key]) => ({ type: 'del', key }));
}
