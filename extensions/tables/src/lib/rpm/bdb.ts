import type { ReadAt } from '../partitions/layout.ts';

/** Of the metadata of a hash database, at byte 12 of the file. */
const hashMagic = 0x061561;
const metaBytes = 72;
const pageHeaderBytes = 26;
const offPageBytes = 12;
const pageType = { hashUnsorted: 2, overflow: 7, hash: 13 } as const;
const itemType = { inline: 1, offPage: 3 } as const;
/** As much as rpm takes for a header. */
const maxBlobBytes = 256 << 20;

/** A database, whose numbers are in the order of the machine that made it. */
interface Database {
  readonly readAt: ReadAt;
  readonly pageBytes: number;
  readonly lastPage: number;
  readonly word: (bytes: Buffer, at: number) => number;
  readonly half: (bytes: Buffer, at: number) => number;
}

function open(readAt: ReadAt): Database | undefined {
  const meta = readAt(0, metaBytes);
  if (meta === undefined || meta.length < metaBytes) return undefined;
  const little = meta.readUInt32LE(12) === hashMagic;
  if (!little && meta.readUInt32BE(12) !== hashMagic) return undefined;
  const word = (bytes: Buffer, at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const half = (bytes: Buffer, at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const pageBytes = word(meta, 20);
  if (pageBytes < 512 || pageBytes > 65_536) return undefined;
  return { readAt, pageBytes, lastPage: word(meta, 32), word, half };
}

function pageAt(database: Database, number: number): Buffer | undefined {
  const page = database.readAt(number * database.pageBytes, database.pageBytes);
  return page?.length === database.pageBytes ? page : undefined;
}

/** Content too long for a page: a chain of pages of its own. */
function chained(database: Database, firstPage: number, length: number): Buffer | undefined {
  if (length > maxBlobBytes) return undefined;
  const pieces: Buffer[] = [];
  let missing = length;
  for (let number = firstPage; missing > 0; ) {
    const page = number === 0 ? undefined : pageAt(database, number);
    if (page?.[25] !== pageType.overflow) return undefined;
    const piece = page.subarray(pageHeaderBytes, pageHeaderBytes + Math.min(database.half(page, 22), missing));
    if (piece.length === 0) return undefined;
    pieces.push(piece);
    missing -= piece.length;
    number = database.word(page, 16);
  }
  return Buffer.concat(pieces);
}

/** The item of a page that begins at `start`; items lie from the page's end towards its start, so `end` is where the one before it begins. */
function itemAt(database: Database, page: Buffer, start: number, end: number): Buffer | undefined {
  if (start < pageHeaderBytes || start >= end) return undefined;
  if (page[start] === itemType.inline) return page.subarray(start + 1, end);
  if (page[start] !== itemType.offPage || start + offPageBytes > page.length) return undefined;
  return chained(database, database.word(page, start + 4), database.word(page, start + 8));
}

/** The values of a page. Keys and values take turns. */
function* valuesOf(database: Database, page: Buffer): Generator<Buffer> {
  const count = Math.min(database.half(page, 20), Math.floor((page.length - pageHeaderBytes) / 2));
  const startOf = (index: number) => database.half(page, pageHeaderBytes + index * 2);
  for (let index = 1; index < count; index += 2) {
    const value = itemAt(database, page, startOf(index), Math.min(startOf(index - 1), page.length));
    if (value !== undefined) yield value;
  }
}

/**
 * The values in a hash database of Berkeley DB (dbinc/db_page.h), which `Packages` is where rpm is older than 4.16: the headers of the
 * packages, and a number that counts them.
 */
export function* bdbValues(readAt: ReadAt): Generator<Buffer> {
  const database = open(readAt);
  if (database === undefined) return;
  for (let number = 1; number <= database.lastPage; number += 1) {
    const page = pageAt(database, number);
    if (page === undefined) return;
    if (page[25] === pageType.hash || page[25] === pageType.hashUnsorted) yield* valuesOf(database, page);
  }
}
