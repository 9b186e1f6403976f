import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { monotonicMs } from '../monotonic.ts';

/** After how long a silence changes are told, and after how long at the latest, milliseconds: a file is copied in many steps. */
const [defaultSettleMs, longestMs] = [500, 10_000];

/** What is watched in a directory: everything below it, or some of its files. */
type Scope = 'everything' | ReadonlySet<string>;

interface Watched {
  readonly watcher: FSWatcher;
  readonly scope: Scope;
}

const isSame = (one: Scope, other: Scope | undefined): boolean =>
  one === other || (one instanceof Set && other instanceof Set && one.symmetricDifference(other).size === 0);

/** Watches the places where extensions are named, and tells when something changed there. It needs nothing but Node.js. */
export class AutoloadWatch {
  readonly #onChange: () => void;
  readonly #onTrouble: (message: string) => void;
  readonly #settleMs: number;
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;
  #changedAt = 0;

  /**
   * @param onTrouble is told of a place that cannot be watched: what changes there is seen at the next start
   * @param settleMs after how long a silence changes are told, in milliseconds
   */
  constructor(onChange: () => void, onTrouble: (message: string) => void, settleMs = defaultSettleMs) {
    this.#onChange = onChange;
    this.#onTrouble = onTrouble;
    this.#settleMs = settleMs;
  }

  /** Watches these places, and no others, from now on: a file by way of its directory, since editors put a new one in its place. */
  watch(watchedFiles: readonly string[], folders: readonly string[]): void {
    const wanted = new Map<string, Scope>();
    for (const [folder, files] of Map.groupBy(watchedFiles, file => dirname(file)))
      wanted.set(folder, new Set(files.map(file => basename(file))));
    for (const folder of folders) wanted.set(folder, 'everything');
    for (const [path, { watcher, scope }] of this.#watched)
      if (!isSame(scope, wanted.get(path))) this.#drop(path, watcher);
    for (const [path, scope] of wanted) if (!this.#watched.has(path)) this.#add(path, scope);
  }

  /** Watches nothing any more. */
  close(): void {
    clearTimeout(this.#timer);
    for (const [path, { watcher }] of this.#watched) this.#drop(path, watcher);
  }

  #add(path: string, scope: Scope): void {
    const whole = scope === 'everything';
    try {
      const watcher = watch(path, { recursive: whole, persistent: false }, (_, name) => {
        if (whole || name === null || scope.has(name)) this.#changed();
      });
      watcher.on('error', error => {
        this.#drop(path, watcher);
        this.#onTrouble(`The directory ${path} is not watched any more: ${error.message}`);
      });
      this.#watched.set(path, { watcher, scope });
    } catch (error) {
      // A directory that is not there yet brings nothing, and is looked for again with the next change.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      this.#onTrouble(`The directory ${path} cannot be watched: ${(error as Error).message}`);
    }
  }

  #drop(path: string, watcher: FSWatcher): void {
    this.#watched.delete(path);
    watcher.close();
  }

  #changed(): void {
    const now = monotonicMs();
    if (this.#timer === undefined) this.#changedAt = now;
    clearTimeout(this.#timer);
    const left = Math.max(0, this.#changedAt + longestMs - now);
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#onChange();
      },
      Math.min(this.#settleMs, left),
    ).unref();
  }
}
