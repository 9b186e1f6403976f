import { closeSync, openSync, writeSync } from 'node:fs';

/** Where byte strings go. */
export interface Sink {
  write(bytes: string): void;
  /** Hands over what is still kept. */
  flush(): void;
}

/** As many characters as are kept before they are written. */
const keptLimit = 64 * 1024;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Writes all of a buffer; waits where a pipe that is not ours to configure is full for now. */
const writeAll = (descriptor: number, buffer: Buffer): void => {
  let from = 0;
  while (from < buffer.length) {
    try {
      from += writeSync(descriptor, buffer, from);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(sleeper, 0, 0, 5);
    }
  }
};

/** A file descriptor as a sink: kept bytes are written when there are many, and on flush. Without node:stream, whose start costs more. */
export class DescriptorSink implements Sink {
  readonly #descriptor: number;
  #kept = '';

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(bytes: string): void {
    this.#kept += bytes;
    if (this.#kept.length >= keptLimit) this.flush();
  }

  flush(): void {
    if (this.#kept === '') return;
    const buffer = Buffer.from(this.#kept, 'latin1');
    this.#kept = '';
    writeAll(this.#descriptor, buffer);
  }
}

/** A file as a sink, made or emptied at once. @throws Error as node:fs does */
export const openFileSink = (path: string): Sink & { close(): void } => {
  const descriptor = openSync(path, 'w', 0o644);
  const sink = new DescriptorSink(descriptor);
  return {
    write: bytes => sink.write(bytes),
    flush: () => sink.flush(),
    close: () => {
      sink.flush();
      closeSync(descriptor);
    },
  };
};
