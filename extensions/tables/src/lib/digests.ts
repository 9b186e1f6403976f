import { createHash, hash as digestOf, type Hash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileView, OutpostError, readMax } from '@outpost/sdk';
import { OpenFile } from './sys/open-file.ts';

/** The digests there are. */
export const algorithms = ['md5', 'sha1', 'sha256'] as const;
/** The name of a digest. */
export type Algorithm = (typeof algorithms)[number];
/** Digests in hexadecimal; those nobody asked for are missing. */
export type Digests = { [Name in Algorithm]?: string };

/** What is known of a file's content, as long as the file looks the same. */
interface Entry {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly digests: Digests;
}

const chunkBytes = 1 << 20;
const maxEntries = 500;
/** Each thread has its own; an entry may be gone or old at any time, and then the file is read again. */
const cache = new Map<string, Entry>();
let chunk: Buffer | undefined;

/**
 * The content of a file that fits into a chunk, as most do, read with one call. Undefined when it does not, or when only reading to
 * the end can tell: a file of /proc says it is empty.
 */
function smallContent(files: FileView, path: string, size: number): Buffer | undefined {
  if (size === 0 || size >= chunkBytes) return undefined;
  chunk ??= Buffer.allocUnsafe(chunkBytes);
  const length = files.readInto(path, chunk);
  return length >= 0 && length < chunkBytes ? chunk.subarray(0, length) : undefined;
}

/**
 * The content of a file in parts, each in the place of the one before: no file is in memory whole.
 * @throws OutpostError FILE_TOO_LARGE for one that grows beyond {@link readMax} while it is read
 */
function* partsOf(files: FileView, path: string): Generator<Buffer> {
  using file = new OpenFile(files, path);
  chunk ??= Buffer.allocUnsafe(chunkBytes);
  for (let at = 0; ; ) {
    const length = file.readInto(chunk, at);
    if (length === 0) return;
    at += length;
    if (at > readMax) throw new OutpostError('FILE_TOO_LARGE', { path, limit: readMax });
    yield chunk.subarray(0, length);
  }
}

/** Reads a file once and feeds every wanted digest. */
function compute(files: FileView, path: string, size: number, wanted: readonly Algorithm[]): Digests {
  const digests: Digests = {};
  const small = smallContent(files, path, size);
  if (small !== undefined) {
    for (const name of wanted) digests[name] = digestOf(name, small, 'hex');
    return digests;
  }
  const hashes = wanted.map((name): [Algorithm, Hash] => [name, createHash(name)]);
  for (const part of partsOf(files, path)) for (const [, hash] of hashes) hash.update(part);
  for (const [name, hash] of hashes) digests[name] = hash.digest('hex');
  return digests;
}

function remember(key: string, entry: Entry): void {
  cache.delete(key);
  cache.set(key, entry);
  if (cache.size <= maxEntries) return;
  const [oldest] = cache.keys();
  if (oldest !== undefined) cache.delete(oldest);
}

/**
 * The wanted digests of a regular file, from the cache when inode, size and time of change are as they were. Files larger than
 * {@link readMax} have none.
 */
export function digestsOf(files: FileView, path: string, found: Stats, wanted: readonly Algorithm[]): Digests {
  if (found.size > readMax || wanted.length === 0) return {};
  const key = `${files.root}:${path}`;
  const known = cache.get(key);
  const { dev, ino, size, mtimeMs } = found;
  const same = known?.dev === dev && known.ino === ino && known.size === size && known.mtimeMs === mtimeMs;
  const digests = same ? known.digests : {};
  const missing = wanted.filter(name => digests[name] === undefined);
  const complete = missing.length === 0 ? digests : { ...digests, ...compute(files, path, size, missing) };
  remember(key, { dev, ino, size, mtimeMs, digests: complete });
  return complete;
}
