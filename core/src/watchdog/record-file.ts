import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningQuery, RunRecord, recordBytes } from './run-record.ts';

/** The descriptor by which a worker gets the record. */
export const recordDescriptor = 4;

/** Where the file is made, the first that will do: in memory, if possible. */
const folders = (): readonly string[] => ['/dev/shm', tmpdir()];

const blank = new Uint8Array(recordBytes);

const makeFile = (folder: string): number => {
  const path = join(folder, `.outpost-${process.pid}-${process.hrtime.bigint()}`);
  const descriptor = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  try {
    // Written in full: memory of a file that has no room for it would kill who touches it.
    writeSync(descriptor, blank, 0, recordBytes, 0);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
};

/** The watcher's side of the record of what runs: a file without a name. */
export class RecordFile {
  readonly #descriptor: number;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Makes an empty record. @throws Error with what the last folder said, when there is room in none */
  static make(): RecordFile {
    let trouble: unknown;
    for (const folder of folders()) {
      try {
        return new RecordFile(makeFile(folder));
      } catch (error) {
        trouble = error;
      }
    }
    throw trouble;
  }

  /** The descriptor, for the worker to inherit. */
  get descriptor(): number {
    return this.#descriptor;
  }

  /** The queries that ran when the worker died; the record is empty afterwards. */
  take(): readonly RunningQuery[] {
    const memory = new ArrayBuffer(recordBytes);
    readSync(this.#descriptor, new Uint8Array(memory), 0, recordBytes, 0);
    writeSync(this.#descriptor, blank, 0, recordBytes, 0);
    return new RunRecord(memory).read();
  }
}

/** Whether this process was given a record. */
export const hasRecord = (): boolean => {
  try {
    const stat = fstatSync(recordDescriptor);
    return stat.isFile() && stat.size === recordBytes && stat.nlink === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EBADF') return false;
    throw error;
  }
};
