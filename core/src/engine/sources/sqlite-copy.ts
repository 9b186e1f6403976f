/**
 * Private copies of SQLite files that other processes may be writing to. Reading bytes takes no lock and leaves nothing beside the
 * file, so the owner of a database never notices; docs/decisions/0007 tells why it is done so.
 * Formats: https://sqlite.org/fileformat2.html, https://sqlite.org/wal.html
 */
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCancelled, type Run } from './source.ts';
import { copyPrefix, removeStaleCopies } from './stale-copies.ts';

/** The most that a database and its log may have together, bytes. */
export const copyLimit = 512 * 1024 * 1024;
/** How often a database that changes while it is copied is begun anew. */
const attempts = 5;
/** The pause before the second attempt, milliseconds; each further one is longer by as much. */
const pauseMs = 20;
const chunkBytes = 1024 * 1024;
const headerBytes = 100;
const magic = 'SQLite format 3\0';
/** Where the header says whether a write-ahead log is in use, and what it then says. */
const modeOffset = 18;
const walMode = 2;

/** Why a file cannot be read as a database, in words about it. */
export class UnreadableDatabase extends Error {}

/** A copy that is ours alone. */
export interface SqliteCopy {
  readonly path: string;
  /** Removes it. */
  remove(): void;
}

/** Opens what is a regular file; a FIFO or a device would hold us up for as long as it likes. */
const openRegular = (path: string): number => {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw new UnreadableDatabase('it is no regular file');
};

const withFile = <Value>(path: string, use: (descriptor: number) => Value): Value => {
  const descriptor = openRegular(path);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

const markOf = ({ dev, ino, size, mtimeNs }: BigIntStats): string => `${dev} ${ino} ${size} ${mtimeNs}`;

/** What a file beside the database looks like now; '' when there is none. */
const sidecarMark = (path: string): string => {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? '' : markOf(stats);
};

const headerOf = (descriptor: number): Buffer => {
  const header = Buffer.alloc(headerBytes);
  const length = readSync(descriptor, header, 0, headerBytes, 0);
  if (length > 0 && header.toString('latin1', 0, magic.length) !== magic)
    throw new UnreadableDatabase('it is not a database');
  return header;
};

/** Copies one file as it is now. @returns its bytes */
const copyFile = (from: number, to: string, room: number, run: Run): number => {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  const target = openSync(to, 'wx', 0o600);
  try {
    for (let at = 0; ; ) {
      checkCancelled(run);
      const length = readSync(from, chunk, 0, chunkBytes, at);
      if (length === 0) return at;
      at += length;
      if (at > room) throw new UnreadableDatabase(`it has more than ${copyLimit} bytes with its log`);
      for (let done = 0; done < length; ) done += writeSync(target, chunk, done, length - done);
    }
  } finally {
    closeSync(target);
  }
};

/**
 * Copies a database once. A write-ahead log is a list of checksummed transactions, so it may grow meanwhile: what is copied of it ends with a
 * whole one. The database itself, and a rollback journal, must not change.
 * @returns whether they did not
 */
const copyOnce = (source: number, path: string, target: string, run: Run): boolean => {
  const header = headerOf(source);
  const wal = header[modeOffset] === walMode;
  const journal = `${path}-journal`;
  const marks = (): string => {
    const sidecar = wal ? '' : sidecarMark(journal);
    return `${markOf(fstatSync(source, { bigint: true }))} ${sidecar} ${headerOf(source).toString('latin1')}`;
  };
  const before = marks();
  const size = copyFile(source, target, copyLimit, run);
  const [beside, suffix] = wal ? [`${path}-wal`, '-wal'] : [journal, '-journal'];
  if (sidecarMark(beside) !== '')
    withFile(beside, descriptor => copyFile(descriptor, target + suffix, copyLimit - size, run));
  return marks() === before;
};

const vanished = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** A log that is there at one moment and gone at the next tells of a change, as the database itself would. */
const unchanged = (source: number, path: string, target: string, run: Run): boolean => {
  try {
    return copyOnce(source, path, target, run);
  } catch (error) {
    if (vanished(error)) return false;
    throw error;
  }
};

const pause = (milliseconds: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
};

const copyInto = (directory: string, path: string, run: Run): string =>
  withFile(path, source => {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const target = join(directory, `${attempt}.db`);
      if (unchanged(source, path, target, run)) return target;
      for (const suffix of ['', '-wal', '-journal']) rmSync(target + suffix, { force: true });
      pause(attempt * pauseMs);
    }
    throw new UnreadableDatabase('it changed each time it was copied');
  });

/**
 * Copies a database with what its log or journal holds, as it was at one moment.
 * @throws UnreadableDatabase; the error of a system call; as {@link checkCancelled}
 */
export const copyDatabase = (path: string, run: Run): SqliteCopy => {
  removeStaleCopies(tmpdir());
  const directory = mkdtempSync(join(tmpdir(), copyPrefix));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  try {
    return { path: copyInto(directory, path, run), remove };
  } catch (error) {
    remove();
    throw error;
  }
};
