import type { Dirent, Stats, StatsFs } from 'node:fs';
import type { FileView, ReadOptions } from '@outpost/sdk';
import { pathInside } from './inside.ts';

function failure(code: string, path: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${code}: ${path}`);
  error.code = code;
  return error;
}

/**
 * The files that a process sees: those below its `/proc/PID/root`, which is a way into its mount namespace. Node cannot enter a
 * namespace itself (setns(2) wants one thread), and the kernel would resolve the links of a plain `/proc/PID/root/…` path against
 * the agent's own root, so the links are followed here.
 */
export class NamespaceFiles implements FileView {
  readonly root: string;
  readonly #files: FileView;

  constructor(files: FileView, pid: number) {
    this.root = `/proc/${pid}/root`;
    this.#files = files;
  }

  readFile(path: string, options?: ReadOptions): Buffer {
    return this.#files.readFile(this.#readable(path), options);
  }

  readText(path: string, options?: ReadOptions): string {
    return this.#files.readText(this.#readable(path), options);
  }

  readTextIfPresent(path: string, options?: ReadOptions): string | undefined {
    return this.exists(path) ? this.#files.readTextIfPresent(this.#readable(path), options) : undefined;
  }

  readInto(path: string, buffer: Uint8Array): number {
    return this.exists(path) ? this.#files.readInto(this.#readable(path), buffer) : -1;
  }

  readlink(path: string): string | undefined {
    return this.#files.readlink(this.#path(path, false));
  }

  stat(path: string): Stats | undefined {
    return this.#files.stat(this.#path(path, true));
  }

  lstat(path: string): Stats | undefined {
    return this.#files.lstat(this.#path(path, false));
  }

  readdir(path: string): string[] {
    return this.#files.readdir(this.#path(path, true));
  }

  readdirTypes(path: string): Dirent[] {
    return this.#files.readdirTypes(this.#path(path, true));
  }

  realpath(path: string): string | undefined {
    const located = this.#path(path, true);
    return this.#files.exists(located) ? located.slice(this.root.length) || '/' : undefined;
  }

  exists(path: string): boolean {
    return this.#files.exists(this.#path(path, true));
  }

  statfs(path: string): StatsFs | undefined {
    return this.#files.statfs(this.#path(path, true));
  }

  #path(path: string, followLast: boolean): string {
    if (!path.startsWith('/')) throw failure('EINVAL', path);
    const located = pathInside(this.#files, this.root, path, followLast);
    if (located === undefined) throw failure('ELOOP', path);
    return located;
  }

  /** Refuses devices and FIFOs: to the view below, a path in /proc is the kernel's own file and safe to open. */
  #readable(path: string): string {
    const located = this.#path(path, true);
    const found = this.#files.stat(located);
    if (found === undefined) throw failure('ENOENT', path);
    if (!found.isFile()) throw failure('EISNOTREGULAR', path);
    return located;
  }
}
