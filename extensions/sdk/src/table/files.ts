import fs from 'node:fs';
import { OutpostError } from '@outpost/protocol';
import { insideRoot, statOrAbsent, virtualRealpath } from './root.ts';

/** The largest file that tables read whole (osquery's `read_max`), in bytes. */
export const readMax = 52_428_800;

/** How a whole file is read. */
export interface ReadOptions {
  /** The most bytes a file may have; {@link readMax} when left out. */
  readonly maxBytes?: number;
}

/**
 * The files of a machine: this one's, or those below another root (a fake root in a test, a container's). All access is
 * synchronous. Paths are absolute as the machine sees them; with a root, they and every symbolic link on the way resolve inside
 * the root. Nothing here blocks on a FIFO: content is read from regular files only, and from whatever /proc and /sys hold.
 *
 * "Absent" is a value (undefined, -1, false, an empty list), except for {@link readFile} and {@link readText}; every other failure
 * is thrown as `node:fs` throws it, with `code`.
 */
export interface FileView {
  /** Where the machine's `/` is on this one. */
  readonly root: string;
  /** A whole file. @throws OutpostError FILE_TOO_LARGE, FILE_NOT_REGULAR; ENOENT when absent. */
  readFile(path: string, options?: ReadOptions): Buffer;
  /** A whole file as UTF-8. @throws as {@link readFile}. */
  readText(path: string, options?: ReadOptions): string;
  /** A whole file as UTF-8, undefined when absent. */
  readTextIfPresent(path: string, options?: ReadOptions): string | undefined;
  /** Fills `buffer` from the start of a file with one open, read and close; the number of bytes read, -1 when absent. */
  readInto(path: string, buffer: Uint8Array): number;
  /** The target of a symbolic link as it is written; undefined when absent or no link. */
  readlink(path: string): string | undefined;
  /** What a path leads to; undefined when absent. */
  stat(path: string): fs.Stats | undefined;
  /** What a path is, a symbolic link itself included; undefined when absent. */
  lstat(path: string): fs.Stats | undefined;
  /** The names in a directory, in the file system's order; empty when absent. */
  readdir(path: string): string[];
  /** The entries of a directory with their types; empty when absent. */
  readdirTypes(path: string): fs.Dirent[];
  /** A path without symbolic links, as the machine sees it; undefined when absent. */
  realpath(path: string): string | undefined;
  exists(path: string): boolean;
  /** The file system a path lies on; undefined when absent. */
  statfs(path: string): fs.StatsFs | undefined;
}

const openFlags = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY;
const chunkBytes = 65_536;
const absentCodes = new Set(['ENOENT', 'ENOTDIR', 'ESRCH']);

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** Runs `read`; `absent` where it fails because nothing is there. */
function orAbsent<T, A>(read: () => T, absent: A): T | A {
  try {
    return read();
  } catch (error) {
    if (absentCodes.has(String(codeOf(error)))) return absent;
    throw error;
  }
}

const isKernelPath = (path: string): boolean => path.startsWith('/proc/') || path.startsWith('/sys/');

class Files implements FileView {
  readonly root: string;
  readonly #locate: (path: string, followLast: boolean) => string;

  constructor(root: string) {
    this.root = root;
    this.#locate = root === '/' ? path => path : (path, followLast) => insideRoot(root, path, followLast);
  }

  readFile(path: string, options?: ReadOptions): Buffer {
    const maxBytes = options?.maxBytes ?? readMax;
    const located = this.#path(path, true);
    const size = contentSize(path, located);
    if (size > maxBytes) throw tooLarge(path, maxBytes);
    const descriptor = fs.openSync(located, openFlags);
    try {
      return readWhole(descriptor, path, size, maxBytes);
    } finally {
      fs.closeSync(descriptor);
    }
  }

  readText(path: string, options?: ReadOptions): string {
    return this.readFile(path, options).toString();
  }

  readTextIfPresent(path: string, options?: ReadOptions): string | undefined {
    return orAbsent(() => this.readText(path, options), undefined);
  }

  readInto(path: string, buffer: Uint8Array): number {
    let descriptor: number | undefined;
    try {
      const located = this.#path(path, true);
      contentSize(path, located);
      descriptor = fs.openSync(located, openFlags);
      return fs.readSync(descriptor, buffer, 0, buffer.length, null);
    } catch (error) {
      if (absentCodes.has(String(codeOf(error)))) return -1;
      throw error;
    } finally {
      if (descriptor !== undefined) fs.closeSync(descriptor);
    }
  }

  readlink(path: string): string | undefined {
    try {
      return fs.readlinkSync(this.#path(path, false));
    } catch (error) {
      if (absentCodes.has(String(codeOf(error))) || codeOf(error) === 'EINVAL') return undefined;
      throw error;
    }
  }

  stat(path: string): fs.Stats | undefined {
    return statOrAbsent(fs.statSync, this.#path(path, true));
  }

  lstat(path: string): fs.Stats | undefined {
    return statOrAbsent(fs.lstatSync, this.#path(path, false));
  }

  readdir(path: string): string[] {
    return orAbsent(() => fs.readdirSync(this.#path(path, true)), []);
  }

  readdirTypes(path: string): fs.Dirent[] {
    return orAbsent(() => fs.readdirSync(this.#path(path, true), { withFileTypes: true }), []);
  }

  realpath(path: string): string | undefined {
    if (this.root === '/') return orAbsent(() => fs.realpathSync.native(absolute(path)), undefined);
    return virtualRealpath(this.root, absolute(path));
  }

  exists(path: string): boolean {
    return fs.existsSync(this.#path(path, true));
  }

  statfs(path: string): fs.StatsFs | undefined {
    return orAbsent(() => fs.statfsSync(this.#path(path, true)), undefined);
  }

  #path(path: string, followLast: boolean): string {
    return this.#locate(absolute(path), followLast);
  }
}

/**
 * How many bytes a file says it has: 0 where the kernel makes the content on reading. Together with O_NONBLOCK, the reason why
 * opening never waits and never wakes a device.
 */
function contentSize(path: string, located: string): number {
  if (isKernelPath(path)) return 0;
  const found = fs.statSync(located);
  if (!found.isFile()) throw new OutpostError('FILE_NOT_REGULAR', { path });
  return found.size;
}

function absolute(path: string): string {
  if (path.charCodeAt(0) !== 47) throw new OutpostError('PATH_NOT_ABSOLUTE', { path });
  return path;
}

/** Reads to the end. A file of /proc says it has 0 bytes and answers in pieces, so only an empty read is the end. */
function readWhole(descriptor: number, path: string, size: number, maxBytes: number): Buffer {
  let buffer = Buffer.allocUnsafe(size > 0 ? size + 1 : chunkBytes);
  let length = 0;
  for (;;) {
    if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
    const count = fs.readSync(descriptor, buffer, length, buffer.length - length, null);
    if (count === 0) return buffer.subarray(0, length);
    length += count;
    if (length > maxBytes) throw tooLarge(path, maxBytes);
  }
}

const tooLarge = (path: string, limit: number): OutpostError => new OutpostError('FILE_TOO_LARGE', { path, limit });

/** The files of this machine. */
export const machineFiles: FileView = new Files('/');

/** The files below `root`, an existing directory; this machine's when left out. */
export function fileView(root = '/'): FileView {
  return root === '/' ? machineFiles : new Files(fs.realpathSync(root));
}
