import type { Dirent } from 'node:fs';
import type { Losses } from '../losses.ts';
import { quietly } from '../quietly.ts';
import { type GlobHost, isDirectory } from './host.ts';

/** How deep `**` goes. */
const maxDepth = 64;

/** Everything below directories, each directory once. One walk serves all directories that a pattern begins at. */
export class Walk {
  readonly #host: GlobHost;
  readonly #give: (path: string) => void;
  readonly #entered = new Set<string>();
  readonly #losses: Losses;

  constructor(host: GlobHost, losses: Losses, give: (path: string) => void) {
    this.#host = host;
    this.#losses = losses;
    this.#give = give;
  }

  /** Gives what is below `directory` (with its trailing slash), hidden files too, each directory before its content. */
  descend(directory: string, depth = 1): void {
    if (depth > maxDepth || this.#host.aborted || !this.#enter(directory)) return;
    const entries = this.#losses.attempt(directory, () => this.#host.files.readdirTypes(directory)) ?? [];
    for (const entry of entries) {
      const path = directory + entry.name;
      if (this.#leadsToDirectory(entry, path)) {
        this.#give(`${path}/`);
        this.descend(`${path}/`, depth + 1);
      } else this.#give(path);
    }
  }

  /** Marks a directory as entered; false when it was before, which cuts the loops that links make. */
  #enter(directory: string): boolean {
    const found = quietly(() => this.#host.files.stat(directory));
    if (found === undefined) return false;
    const identity = `${found.dev}:${found.ino}`;
    if (this.#entered.has(identity)) return false;
    this.#entered.add(identity);
    return true;
  }

  #leadsToDirectory(entry: Dirent, path: string): boolean {
    if (entry.isDirectory()) return true;
    return !entry.isFile() && isDirectory(this.#host.files, path);
  }
}
