import type { FileView } from '@outpost/sdk';
import { quietly } from './quietly.ts';

const headerBytes = 4;
const endOfTable = 127;
/** The kernel's copy of the firmware's structures; only root may read it. */
const tablePath = '/sys/firmware/dmi/tables/DMI';

/**
 * A structure of the SMBIOS (DMTF DSP0134): numbers at fixed places and, behind them, the strings they refer to. What lies beyond
 * its end, as in a structure of an older version, is undefined.
 */
export class SmbiosStructure {
  readonly type: number;
  readonly handle: number;
  /** The structure with its strings, as the firmware has it. */
  readonly bytes: Buffer;
  /** Length of the part before the strings, in bytes. */
  readonly length: number;

  constructor(bytes: Buffer, length: number) {
    this.bytes = bytes;
    this.length = length;
    this.type = bytes.readUInt8(0);
    this.handle = bytes.readUInt16LE(2);
  }

  byte(offset: number): number | undefined {
    return offset + 1 <= this.length ? this.bytes.readUInt8(offset) : undefined;
  }

  word(offset: number): number | undefined {
    return offset + 2 <= this.length ? this.bytes.readUInt16LE(offset) : undefined;
  }

  dword(offset: number): number | undefined {
    return offset + 4 <= this.length ? this.bytes.readUInt32LE(offset) : undefined;
  }

  qword(offset: number): bigint | undefined {
    return offset + 8 <= this.length ? this.bytes.readBigUInt64LE(offset) : undefined;
  }

  /** A number in hexadecimal with at least `digits` digits; undefined when there is none, or when it is one of `none`. */
  hex(
    read: 'word' | 'dword' | 'qword',
    offset: number,
    digits: number,
    ...none: readonly number[]
  ): string | undefined {
    const value = this[read](offset);
    return value === undefined || none.includes(Number(value))
      ? undefined
      : `0x${value.toString(16).padStart(digits, '0')}`;
  }

  /** A handle of another structure, as the handles of structures are written. */
  handleAt(offset: number): string | undefined {
    return this.hex('word', offset, 4);
  }

  /** The string that the byte at `offset` refers to, without blanks at its end; empty when there is none. */
  string(offset: number): string {
    return this.stringNumber(this.byte(offset) ?? 0);
  }

  /** A string by its number, from 1 on; empty when there is none. */
  stringNumber(number: number): string {
    let start = this.length;
    for (let index = 1; index < number; index += 1) {
      const end = this.bytes.indexOf(0, start);
      if (end <= start) return '';
      start = end + 1;
    }
    const end = number > 0 ? this.bytes.indexOf(0, start) : -1;
    return end < 0 ? '' : this.bytes.toString('latin1', start, end).trimEnd();
  }
}

/** The structures in a table; a broken one and what follows it are left out. */
export function* parseSmbios(table: Buffer): Generator<SmbiosStructure> {
  let start = 0;
  while (start + headerBytes <= table.length) {
    const length = table.readUInt8(start + 1);
    if (length < headerBytes || start + length > table.length) return;
    // The strings end with two zeros; a structure without strings has both at once.
    const end = table.indexOf('\0\0', start + length, 'latin1');
    const next = end < 0 ? table.length : end + 2;
    const structure = new SmbiosStructure(table.subarray(start, next), length);
    yield structure;
    if (structure.type === endOfTable) return;
    start = next;
  }
}

/** How much of the table may be read: a server with thousands of memory modules has less than a megabyte. */
const maxBytes = 16 << 20;

/** The structures of the machine; none where the firmware has none, or where they may not be read. */
export function smbiosOf(files: FileView): SmbiosStructure[] {
  const table = quietly(() => files.readFile(tablePath, { maxBytes }));
  return table === undefined ? [] : [...parseSmbios(table)];
}

/** The machine's structures of one type. */
export const smbiosOfType = (files: FileView, type: number): SmbiosStructure[] =>
  smbiosOf(files).filter(structure => structure.type === type);
