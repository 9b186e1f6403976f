import type { SmbiosStructure } from './smbios.ts';

/** A start in KiB that has outgrown its place; both ends are in bytes further on. */
const seeExtended = 0xffff_ffff;

/** The range of addresses of a structure of type 19 or 20 in hexadecimal: in KiB, or in bytes where it is far up. */
export function rangeOf(structure: SmbiosStructure, extendedOffset: number) {
  return structure.dword(0x04) === seeExtended
    ? {
        starting_address: structure.hex('qword', extendedOffset, 12),
        ending_address: structure.hex('qword', extendedOffset + 8, 12),
      }
    : { starting_address: structure.hex('dword', 0x04, 8), ending_address: structure.hex('dword', 0x08, 8) };
}
