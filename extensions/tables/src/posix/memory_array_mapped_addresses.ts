import { defineTable, integer, text } from '@outpost/sdk';
import { smbiosOfType } from '../lib/smbios.ts';
import { rangeOf } from '../lib/smbios-range.ts';

const mappedArrayType = 19;

/** Where in the address space the memory arrays are. */
export const memoryArrayMappedAddresses = defineTable({
  name: 'memory_array_mapped_addresses',
  description: 'SMBIOS type 19: address ranges of memory arrays.',
  platforms: ['linux', 'macos'],
  examples: ['select memory_array_handle, starting_address, ending_address from memory_array_mapped_addresses'],
  columns: {
    handle: text('Handle of the structure'),
    memory_array_handle: text('Handle of the memory array'),
    starting_address: text('First address in hexadecimal, in KiB; with twelve digits in bytes'),
    ending_address: text('Last address in hexadecimal, in KiB; with twelve digits in bytes'),
    partition_width: integer('How many memory devices make up one row of the range'),
  },
  *generate({ files }) {
    for (const mapping of smbiosOfType(files, mappedArrayType))
      yield {
        handle: mapping.handleAt(0x02),
        memory_array_handle: mapping.handleAt(0x0c),
        ...rangeOf(mapping, 0x0f),
        partition_width: mapping.byte(0x0e),
      };
  },
});
