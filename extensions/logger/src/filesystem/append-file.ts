import { closeSync, fchmodSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** The longest that lines wait to be safe from a power cut, milliseconds. */
const syncMs = 1000;

/**
 * A file that is opened anew at each write, so that one that was removed or renamed is made again. Lines are written whole or not at
 * all: what a full disk took of them is cut off.
 */
export class AppendFile {
  readonly path: string;
  readonly #mode: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param mode what the file's mode is set to at each write */
  constructor(path: string, mode: number) {
    this.path = path;
    this.#mode = mode;
  }

  /** Makes the file when it is not there. @throws Error `Could not create file: PATH` */
  create(): void {
    closeSync(this.#open());
  }

  /** How large the file is; 0 when it is not there. */
  size(): number {
    const descriptor = this.#open();
    try {
      return fstatSync(descriptor).size;
    } finally {
      closeSync(descriptor);
    }
  }

  /** Appends bytes. @throws Error when they could not be written; the file is then as before */
  append(text: string): void {
    const descriptor = this.#open();
    try {
      writeWhole(descriptor, Buffer.from(text), this.path);
    } finally {
      closeSync(descriptor);
    }
    this.#timer ??= setTimeout(() => void this.#sync(), syncMs).unref();
  }

  #open(): number {
    let descriptor: number;
    try {
      descriptor = openSync(this.path, 'a', this.#mode);
    } catch (cause) {
      throw new Error(`Could not create file: ${this.path}`, { cause });
    }
    fchmodSync(descriptor, this.#mode);
    return descriptor;
  }

  async #sync(): Promise<void> {
    this.#timer = undefined;
    try {
      await using file = await open(this.path, 'r');
      await file.sync();
    } catch (error) {
      // A file that was moved away between the write and now is its new owner's.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) process.emitWarning(String(error));
    }
  }
}

function writeWhole(descriptor: number, bytes: Uint8Array, path: string): void {
  const { size } = fstatSync(descriptor);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
  } catch (cause) {
    ftruncateSync(descriptor, size);
    throw new Error(`Could not write to file: ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
