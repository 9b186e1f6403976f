import type { Dirent, Stats, StatsFs } from 'node:fs';
import type { FileView, ReadOptions } from '@outpost/sdk';
import { pathInside } from './inside.ts';
import { within } from './sys/openat2.ts';
import { SystemCallError } from './sys/sockets.ts';

function failure(code: string, path: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${code}: ${path}`);
  error.code = code;
  return error;
}

/** What a kernel before 5.6 says to openat2(2), and what some sandboxes say to calls they do not know. */
const withoutCall = new Set(['ENOSYS', 'EPERM']);
let callWorks = true;

/** The directory of a path, and what it is called there; undefined for one that names a directory only. */
function parted(path: string): { readonly parent: string; readonly name: string } | undefined {
  const [, parent = '', name = ''] = /^(.*?)\/+([^/]+)$/.exec(path) ?? [];
  return name === '' || name === '.' || name === '..' ? undefined : { parent: `${parent}/`, name };
}

/**
 * The files that a process sees: those below its `/proc/PID/root`, which is a way into its mount namespace. Node cannot enter a
 * namespace itself (setns(2) wants one thread), and the kernel would resolve the links of a plain `/proc/PID/root/…` path against
 * the agent's own root, so it is asked to stay inside, with openat2(2). Where it cannot, links are followed here, and somebody who changes them
 * just then could lead outside.
 */
export class NamespaceFiles implements FileView {
  readonly root: string;
  readonly #files: FileView;

  constructor(files: FileView, pid: number) {
    this.root = `/proc/${pid}/root`;
    this.#files = files;
  }

  readFile(path: string, options?: ReadOptions): Buffer {
    const content = this.#use(path, true, place => this.#files.readFile(this.#readable(place, path), options));
    if (content === undefined) throw failure('ENOENT', path);
    return content;
  }

  readText(path: string, options?: ReadOptions): string {
    return this.readFile(path, options).toString();
  }

  readTextIfPresent(path: string, options?: ReadOptions): string | undefined {
    return this.#use(path, true, place =>
      this.#files.exists(place) ? this.#files.readTextIfPresent(this.#readable(place, path), options) : undefined,
    );
  }

  readInto(path: string, buffer: Uint8Array): number {
    const read = this.#use(path, true, place =>
      this.#files.exists(place) ? this.#files.readInto(this.#readable(place, path), buffer) : -1,
    );
    return read ?? -1;
  }

  readlink(path: string): string | undefined {
    return this.#use(path, false, place => this.#files.readlink(place));
  }

  stat(path: string): Stats | undefined {
    return this.#use(path, true, place => this.#files.stat(place));
  }

  lstat(path: string): Stats | undefined {
    return this.#use(path, false, place => this.#files.lstat(place));
  }

  readdir(path: string): string[] {
    return this.#use(path, true, place => this.#files.readdir(place)) ?? [];
  }

  readdirTypes(path: string): Dirent[] {
    return this.#use(path, true, place => this.#files.readdirTypes(place)) ?? [];
  }

  realpath(path: string): string | undefined {
    const located = this.#followed(path, true);
    return this.#files.exists(located) ? located.slice(this.root.length) || '/' : undefined;
  }

  exists(path: string): boolean {
    return this.#use(path, true, place => this.#files.exists(place)) ?? false;
  }

  statfs(path: string): StatsFs | undefined {
    return this.#use(path, true, place => this.#files.statfs(place));
  }

  /** Has `look` look at what a path leads to; at the path itself where it is a link that is not to be followed. */
  #use<T>(path: string, followLast: boolean, look: (place: string) => T): T | undefined {
    if (!path.startsWith('/')) throw failure('EINVAL', path);
    if (!callWorks || this.#files.root !== '/') return look(this.#followed(path, followLast));
    const parts = followLast ? undefined : parted(path);
    try {
      if (parts === undefined) return within(this.root, path, place => look(followLast ? place : `${place}/.`));
      return within(this.root, parts.parent, place => look(`${place}/${parts.name}`));
    } catch (error) {
      if (!(error instanceof SystemCallError && withoutCall.has(error.code))) throw error;
      callWorks = false;
      return look(this.#followed(path, followLast));
    }
  }

  #followed(path: string, followLast: boolean): string {
    if (!path.startsWith('/')) throw failure('EINVAL', path);
    const located = pathInside(this.#files, this.root, path, followLast);
    if (located === undefined) throw failure('ELOOP', path);
    return located;
  }

  /** Refuses devices and FIFOs: to the view below, a path in /proc is the kernel's own file and safe to open. */
  #readable(place: string, path: string): string {
    const found = this.#files.stat(place);
    if (found === undefined) throw failure('ENOENT', path);
    if (!found.isFile()) throw failure('EISNOTREGULAR', path);
    return place;
  }
}
