import { inflateRawSync } from 'node:zlib';
import type { ReadAt } from './partitions/layout.ts';

const endSignature = 0x0605_4b50;
const entrySignature = 0x0201_4b50;
const localSignature = 0x0403_4b50;
const endBytes = 22;
const maxCommentBytes = 65_535;
const entryBytes = 46;
const localBytes = 30;
/** The list of the files of a large archive has a few megabytes. */
const maxListBytes = 32 << 20;
const method = { stored: 0, deflated: 8 } as const;

/** Where the list of files is: the record at the archive's end, behind which there may be a comment. */
function listOf(readAt: ReadAt, archiveBytes: number): Buffer | undefined {
  const tailStart = Math.max(0, archiveBytes - endBytes - maxCommentBytes);
  const tail = readAt(tailStart, archiveBytes - tailStart);
  if (tail === undefined) return undefined;
  for (let at = tail.length - endBytes; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) !== endSignature) continue;
    const bytes = tail.readUInt32LE(at + 12);
    return bytes > maxListBytes ? undefined : readAt(tail.readUInt32LE(at + 16), bytes);
  }
  return undefined;
}

/** The record about a file in the list. */
function entryOf(list: Buffer, name: string): Buffer | undefined {
  for (let at = 0; at + entryBytes <= list.length && list.readUInt32LE(at) === entrySignature; ) {
    const nameBytes = list.readUInt16LE(at + 28);
    const next = at + entryBytes + nameBytes + list.readUInt16LE(at + 30) + list.readUInt16LE(at + 32);
    if (list.toString('utf8', at + entryBytes, at + entryBytes + nameBytes) === name) return list.subarray(at, next);
    at = next;
  }
  return undefined;
}

/**
 * A file of a ZIP archive (APPNOTE.TXT of PKWARE); undefined when the archive has no such file, or when it is larger than `maxBytes`.
 * Archives of more than 4 GiB are not read. @throws where the content is broken.
 */
export function readZipped(readAt: ReadAt, archiveBytes: number, name: string, maxBytes: number): Buffer | undefined {
  const entry = entryOf(listOf(readAt, archiveBytes) ?? Buffer.alloc(0), name);
  if (entry === undefined) return undefined;
  const [packedBytes, bytes, place] = [entry.readUInt32LE(20), entry.readUInt32LE(24), entry.readUInt32LE(42)];
  if (bytes > maxBytes || packedBytes > maxBytes) return undefined;
  const local = readAt(place, localBytes);
  if (local?.length !== localBytes || local.readUInt32LE(0) !== localSignature) return undefined;
  const start = place + localBytes + local.readUInt16LE(26) + local.readUInt16LE(28);
  const packed = readAt(start, packedBytes);
  if (packed?.length !== packedBytes) return undefined;
  if (entry.readUInt16LE(10) === method.stored) return packed;
  return entry.readUInt16LE(10) === method.deflated
    ? inflateRawSync(packed, { maxOutputLength: Math.max(maxBytes, 1) })
    : undefined;
}
