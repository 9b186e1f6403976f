import type { ReadAt, Stretch } from './layout.ts';

const signature = 'EFI PART';
/** Everybody writes 128 entries of 128 bytes. */
const maxEntries = 1024;
const maxEntryBytes = 4096;
/** What is said to lie beyond is damaged: no disk has so many bytes that a number does not hold them. */
const maxSector = Math.floor(Number.MAX_SAFE_INTEGER / 4096) - 1;
const nameOffset = 56;
const nameBytes = 72;

const sectorAt = (buffer: Buffer, offset: number): number => Number(buffer.readBigUInt64LE(offset));

function partitionIn(entry: Buffer): Stretch[] {
  const unused = entry.subarray(0, 16).every(byte => byte === 0);
  const start = sectorAt(entry, 32);
  const end = sectorAt(entry, 40);
  if (unused || end < start || end > maxSector) return [];
  const label = entry.toString('utf16le', nameOffset, nameOffset + nameBytes).split('\0', 1)[0] ?? '';
  return [{ start, length: end - start + 1, label, kind: 'normal' }];
}

/** The partitions of a disk with a GUID partition table (UEFI specification, 5.3); undefined when it has none. */
export function parseGpt(readAt: ReadAt, sectorBytes: number): Stretch[] | undefined {
  const header = readAt(sectorBytes, 512);
  if (header?.length !== 512 || header.toString('latin1', 0, 8) !== signature) return undefined;
  const start = sectorAt(header, 72);
  const count = Math.min(header.readUInt32LE(80), maxEntries);
  const entryBytes = header.readUInt32LE(84);
  if (entryBytes < 128 || entryBytes > maxEntryBytes || start > maxSector) return undefined;
  const table = readAt(start * sectorBytes, count * entryBytes) ?? Buffer.alloc(0);
  const entries = Array.from({ length: Math.floor(table.length / entryBytes) }, (_, index) =>
    table.subarray(index * entryBytes, (index + 1) * entryBytes),
  );
  return [
    { start: 0, length: 1, label: 'Safety Table', kind: 'meta' },
    { start: 1, length: 1, label: 'GPT Header', kind: 'meta' },
    { start, length: Math.ceil((count * entryBytes) / sectorBytes), label: 'Partition Table', kind: 'meta' },
    ...entries.flatMap(partitionIn),
  ];
}
