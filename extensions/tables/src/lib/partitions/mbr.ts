import type { ReadAt, Stretch } from './layout.ts';

const sectorBytes = 512;
const firstEntry = 446;
const entryBytes = 16;
/** Logical partitions are a list, which could lead in a circle. */
const maxTables = 128;

/** The type of the one entry that a GPT disk has here, so that old programs take it for full. */
const protective = 0xee;
const extended = new Set([0x05, 0x0f, 0x85]);

/** Names of partition types that are common; the list that all go by is Andries Brouwer's. */
const typeNames: Readonly<Record<number, string>> = {
  1: 'DOS FAT12',
  4: 'DOS FAT16',
  5: 'DOS Extended',
  6: 'DOS FAT16',
  7: 'NTFS / exFAT',
  11: 'Win95 FAT32',
  12: 'Win95 FAT32',
  14: 'Win95 FAT16',
  15: 'Win95 Extended',
  130: 'Linux Swap / Solaris x86',
  131: 'Linux',
  133: 'Linux Extended',
  142: 'Linux Logical Volume Manager',
  165: 'FreeBSD',
  238: 'GPT Safety',
  239: 'EFI File System',
  253: 'Linux RAID',
};

interface Entry {
  readonly type: number;
  readonly start: number;
  readonly length: number;
}

/** The used entries of a table; undefined when the sector holds none. */
function entriesIn(sector: Buffer | undefined): Entry[] | undefined {
  if (sector?.length !== sectorBytes || sector.readUInt16LE(510) !== 0xaa55) return undefined;
  return [0, 1, 2, 3]
    .map(index => firstEntry + index * entryBytes)
    .map(at => ({
      type: sector.readUInt8(at + 4),
      start: sector.readUInt32LE(at + 8),
      length: sector.readUInt32LE(at + 12),
    }))
    .filter(({ length }) => length > 0);
}

const labelOf = (type: number): string =>
  `${typeNames[type] ?? 'Unknown Type'} (0x${type.toString(16).padStart(2, '0')})`;

/** The logical partitions: each lies behind a table of its own, which also says where the next table is. */
function* logical(readAt: ReadAt, base: number): Generator<Stretch> {
  let table: number | undefined = base;
  for (let number = 1; table !== undefined && number <= maxTables; number += 1) {
    const here: number = table;
    const entries: Entry[] | undefined = entriesIn(readAt(here * sectorBytes, sectorBytes));
    if (entries === undefined) return;
    yield { start: here, length: 1, label: `Extended Table (#${number})`, kind: 'meta' };
    table = undefined;
    for (const { type, start, length } of entries) {
      const next = extended.has(type);
      const at = next ? base + start : here + start;
      if (next) table = at;
      yield { start: at, length, label: labelOf(type), kind: next ? 'meta' : 'normal' };
    }
  }
}

/** The partitions of a disk with a master boot record; undefined when it has none, or only to guard a GPT. */
export function parseMbr(readAt: ReadAt): Stretch[] | undefined {
  const entries = entriesIn(readAt(0, sectorBytes));
  if (entries === undefined || entries.length === 0 || entries.some(({ type }) => type === protective))
    return undefined;
  return [
    { start: 0, length: 1, label: 'Primary Table (#0)', kind: 'meta' },
    ...entries.flatMap(({ type, start, length }): Stretch[] => {
      const kind = extended.has(type) ? 'meta' : 'normal';
      const found: Stretch = { start, length, label: labelOf(type), kind };
      return kind === 'meta' ? [found, ...logical(readAt, start)] : [found];
    }),
  ];
}
