import { defineTable, integer, text } from '@outpost/sdk';
import { smbiosOfType } from '../lib/smbios.ts';
import { rangeOf } from '../lib/smbios-range.ts';

const mappedDeviceType = 20;

/** Where in the address space the memory devices are. */
export const memoryDeviceMappedAddresses = defineTable({
  name: 'memory_device_mapped_addresses',
  description: 'SMBIOS type 20: address ranges of memory devices.',
  platforms: ['linux', 'macos'],
  examples: ['select memory_device_handle, starting_address, ending_address from memory_device_mapped_addresses'],
  columns: {
    handle: text('Handle of the structure'),
    memory_device_handle: text('Handle of the memory device'),
    memory_array_mapped_address_handle: text("Handle of the range of the device's array"),
    starting_address: text('First address in hexadecimal, in KiB; with twelve digits in bytes'),
    ending_address: text('Last address in hexadecimal, in KiB; with twelve digits in bytes'),
    partition_row_position: integer('Position in its row of devices; 255 when unknown'),
    interleave_position: integer('Position among devices that take turns; 0 when they do not, 255 when unknown'),
    interleave_data_depth: integer('How many rows in a turn; 255 when unknown'),
  },
  *generate({ files }) {
    for (const mapping of smbiosOfType(files, mappedDeviceType))
      yield {
        handle: mapping.handleAt(0x02),
        memory_device_handle: mapping.handleAt(0x0c),
        memory_array_mapped_address_handle: mapping.handleAt(0x0e),
        ...rangeOf(mapping, 0x13),
        partition_row_position: mapping.byte(0x10),
        interleave_position: mapping.byte(0x11),
        interleave_data_depth: mapping.byte(0x12),
      };
  },
});
