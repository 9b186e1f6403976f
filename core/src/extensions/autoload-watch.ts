import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';

/** How long changes are collected before they are told, milliseconds: a file is copied in many steps. */
const settleMs = 500;

/** Watches the places where extensions are named, and tells when something changed there. It needs nothing but Node.js. */
export class AutoloadWatch {
  readonly #onChange: () => void;
  readonly #onTrouble: (message: string) => void;
  #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;

  /** @param onTrouble is told of a place that cannot be watched: what changes there is seen at the next start */
  constructor(onChange: () => void, onTrouble: (message: string) => void) {
    this.#onChange = onChange;
    this.#onTrouble = onTrouble;
  }

  /** Watches these places, and no others, from now on: a file by way of its directory, since editors put a new one in its place. */
  watch(autoloadFiles: readonly string[], folders: readonly string[]): void {
    const wanted = new Map<string, boolean>(folders.map(folder => [folder, true]));
    for (const folder of autoloadFiles.map(file => dirname(file))) if (!wanted.has(folder)) wanted.set(folder, false);
    for (const [path, watcher] of this.#watchers) if (!wanted.has(path)) this.#drop(path, watcher);
    for (const [path, recursive] of wanted) if (!this.#watchers.has(path)) this.#add(path, recursive);
  }

  /** Watches nothing any more. */
  close(): void {
    clearTimeout(this.#timer);
    for (const [path, watcher] of this.#watchers) this.#drop(path, watcher);
  }

  #add(path: string, recursive: boolean): void {
    try {
      const watcher = watch(path, { recursive, persistent: false }, () => this.#changed());
      watcher.on('error', error => {
        this.#drop(path, watcher);
        this.#onTrouble(`The directory ${path} is not watched any more: ${error.message}`);
      });
      this.#watchers.set(path, watcher);
    } catch (error) {
      // A directory that is not there yet brings nothing, and is looked for again with the next change.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      this.#onTrouble(`The directory ${path} cannot be watched: ${(error as Error).message}`);
    }
  }

  #drop(path: string, watcher: FSWatcher): void {
    this.#watchers.delete(path);
    watcher.close();
  }

  #changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#onChange();
    }, settleMs).unref();
  }
}
