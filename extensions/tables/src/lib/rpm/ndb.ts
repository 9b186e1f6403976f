import type { ReadAt } from '../partitions/layout.ts';

const pageBytes = 4096;
const slotBytes = 16;
/** Places of content are told in blocks of so many bytes. */
const blockBytes = 16;
/** The header of the file is as long as two slots. */
const firstSlot = 2;
const headBytes = 16;
const tailBytes = 12;
/** More slots than any machine has packages. */
const maxPages = 4096;
/** As much as rpm takes for a header. */
const maxBlobBytes = 256 << 20;

const hasMagic = (bytes: Buffer, at: number, magic: string): boolean =>
  bytes.toString('latin1', at, at + magic.length) === magic;

/** The content that a slot refers to; undefined when it is not what the slot says. */
function blobOf(readAt: ReadAt, slot: Buffer): Buffer | undefined {
  const start = slot.readUInt32LE(8) * blockBytes;
  const room = slot.readUInt32LE(12) * blockBytes - headBytes - tailBytes;
  const head = readAt(start, headBytes);
  if (head?.length !== headBytes || !hasMagic(head, 0, 'BlbS')) return undefined;
  const length = head.readUInt32LE(12);
  if (head.readUInt32LE(4) !== slot.readUInt32LE(4) || length > Math.min(room, maxBlobBytes)) return undefined;
  const blob = readAt(start + headBytes, length);
  return blob?.length === length ? blob : undefined;
}

/**
 * The headers in `Packages.db`, the database that rpm has at SUSE (lib/backend/ndb/rpmpkg.c of rpm): pages of slots, each of which
 * says where a header is.
 */
export function* ndbHeaders(readAt: ReadAt): Generator<Buffer> {
  const first = readAt(0, pageBytes);
  if (first === undefined || first.length < pageBytes || !hasMagic(first, 0, 'RpmP')) return;
  const pages = Math.min(first.readUInt32LE(12), maxPages);
  for (let page = 0; page < pages; page += 1) {
    const slots = page === 0 ? first : readAt(page * pageBytes, pageBytes);
    if (slots?.length !== pageBytes) return;
    for (let at = page === 0 ? firstSlot * slotBytes : 0; at < pageBytes; at += slotBytes) {
      const slot = slots.subarray(at, at + slotBytes);
      if (!hasMagic(slot, 0, 'Slot') || slot.readUInt32LE(4) === 0) continue;
      const blob = blobOf(readAt, slot);
      if (blob !== undefined) yield blob;
    }
  }
}
