import type { FileView } from '@outpost/sdk';
import { quietly } from '../quietly.ts';

/** The program of a process, and whether its file is there: 1 or 0, or -1 for a process without a program. */
export interface Executable {
  readonly path: string;
  readonly onDisk: number;
}

const none: Executable = { path: '', onDisk: -1 };
/** The kernel's mark on the path of a file that was removed. */
const deleted = ' (deleted)';
/** What Node makes of bytes that are no UTF-8. */
const replacement = '\ufffd';

/**
 * Makes out of the targets of `/proc/PID/exe` what the processes run. One object serves one query: many processes run the same
 * program, and its file is looked for once.
 */
export class Executables {
  readonly #files: FileView;
  readonly #found = new Map<string, Executable>();

  constructor(files: FileView) {
    this.#files = files;
  }

  /** `link` is the path of the exe link, `target` what it says. */
  of(link: string, target: string | undefined): Executable {
    if (target === undefined) return none;
    if (target.endsWith(deleted)) return this.#perhapsDeleted(link, target);
    if (target.includes(replacement)) return { path: target, onDisk: this.#hasName(link) ? 1 : 0 };
    const known = this.#found.get(target);
    if (known !== undefined) return known;
    const executable = { path: target, onDisk: quietly(() => this.#files.exists(target)) === true ? 1 : 0 };
    this.#found.set(target, executable);
    return executable;
  }

  /** A file may be called `x (deleted)`: then it is the very file that the link leads to. */
  #perhapsDeleted(link: string, target: string): Executable {
    const named = quietly(() => this.#files.stat(target));
    const running = named === undefined ? undefined : quietly(() => this.#files.stat(link));
    if (named !== undefined && named.ino === running?.ino && named.dev === running.dev)
      return { path: target, onDisk: 1 };
    return { path: target.slice(0, -deleted.length), onDisk: 0 };
  }

  /** Whether the file behind the link still has a name somewhere. */
  #hasName(link: string): boolean {
    return (quietly(() => this.#files.stat(link))?.nlink ?? 0) > 0;
  }
}
