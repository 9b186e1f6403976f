import fs from 'node:fs';
import { type FileView, OutpostError } from '@outpost/sdk';

const openFlags = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY;

/** Where a path of the view is on this machine, symbolic links followed inside the view; undefined when it is absent. */
export function placeOf(files: FileView, path: string): string | undefined {
  const real = files.realpath(path);
  return real === undefined || files.root === '/' ? real : `${files.root}${real}`;
}

/** A regular file that is read here and there, without holding all of it in memory. */
export class OpenFile {
  readonly #descriptor: number;

  /** @throws OutpostError FILE_NOT_REGULAR; and as `node:fs` throws. */
  constructor(files: FileView, path: string) {
    // Looked at before it is opened: opening a device may wake it.
    if (files.stat(path)?.isFile() === false) throw new OutpostError('FILE_NOT_REGULAR', { path });
    this.#descriptor = fs.openSync(placeOf(files, path) ?? path, openFlags);
  }

  /** Bytes from an offset on; fewer where the file ends. */
  readAt(offset: number, bytes: number): Buffer {
    const buffer = Buffer.allocUnsafe(bytes);
    return buffer.subarray(0, this.readInto(buffer, offset));
  }

  /** Fills `buffer` with what stands from an offset on; the number of bytes, 0 at the end. */
  readInto(buffer: Buffer, offset: number): number {
    return fs.readSync(this.#descriptor, buffer, 0, buffer.length, offset);
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.#descriptor);
  }
}
