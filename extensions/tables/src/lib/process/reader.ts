import type { FileView } from '@outpost/sdk';

/** Larger than every file of a process but an extraordinary command line. */
const bufferBytes = 65_536;
/** Reused by every read of the thread: between a read and the copy out of it nothing else runs. */
const buffer = Buffer.allocUnsafe(bufferBytes);

/** Reads the files of processes. Whatever is gone or hidden is undefined: processes end while they are looked at. */
export class ProcessReader {
  readonly #files: FileView;

  constructor(files: FileView) {
    this.#files = files;
  }

  /** A file that the kernel gives in one piece, its bytes as Latin-1. */
  latin1(path: string): string | undefined {
    const length = this.#fill(path);
    return length < 0 ? undefined : buffer.toString('latin1', 0, length);
  }

  /** A file of any size as UTF-8. */
  utf8(path: string): string | undefined {
    const length = this.#fill(path);
    if (length === bufferBytes) return this.#whole(path);
    return length < 0 ? undefined : buffer.toString('utf8', 0, length);
  }

  /** Where a link of a process leads. */
  link(path: string): string | undefined {
    try {
      return this.#files.readlink(path);
    } catch {
      return undefined;
    }
  }

  #fill(path: string): number {
    try {
      return this.#files.readInto(path, buffer);
    } catch {
      return -1;
    }
  }

  #whole(path: string): string | undefined {
    try {
      return this.#files.readText(path);
    } catch {
      return undefined;
    }
  }
}
