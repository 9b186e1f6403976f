import { defineTable, integer, text } from '@outpost/sdk';
import { type SmbiosStructure, smbiosOfType } from '../lib/smbios.ts';
import { arrayLocations, arrayUses, errorCorrections } from '../lib/smbios-names.ts';

const memoryArrayType = 16;
/** A capacity in KiB that has outgrown its place and is given in bytes further on. */
const seeExtended = 0x8000_0000;
/** Handles that say there is no structure about errors, or that there was no error. */
const noErrors = [0xfffe, 0xffff] as const;

/** The greatest capacity in GiB, rounded down. */
function capacityOf(array: SmbiosStructure): number | undefined {
  const kibibytes = array.dword(0x07);
  if (kibibytes === undefined || kibibytes < seeExtended) return kibibytes && Math.floor(kibibytes / (1 << 20));
  const bytes = array.qword(0x0f);
  return bytes === undefined ? undefined : Number(bytes >> 30n);
}

/** Groups of memory modules. */
export const memoryArrays = defineTable({
  name: 'memory_arrays',
  description: 'SMBIOS type 16: physical memory arrays.',
  platforms: ['linux', 'macos'],
  examples: ['select location, use, max_capacity, number_memory_devices from memory_arrays'],
  columns: {
    handle: text('Handle of the structure'),
    location: text('Where the array is'),
    use: text('What it is used for'),
    memory_error_correction: text('How it corrects errors'),
    max_capacity: integer('The most memory it takes, in GiB'),
    memory_error_info_handle: text('Handle of the structure about an error; empty when there was none'),
    number_memory_devices: integer('Number of places for modules'),
  },
  *generate({ files }) {
    for (const array of smbiosOfType(files, memoryArrayType))
      yield {
        handle: array.handleAt(0x02),
        location: arrayLocations[array.byte(0x04) ?? 0],
        use: arrayUses[array.byte(0x05) ?? 0],
        memory_error_correction: errorCorrections[array.byte(0x06) ?? 0],
        max_capacity: capacityOf(array),
        memory_error_info_handle: array.hex('word', 0x0b, 4, ...noErrors),
        number_memory_devices: array.word(0x0d),
      };
  },
});
