import { defineTable, text } from '@outpost/sdk';
import { smbiosOfType } from '../lib/smbios.ts';
import { errorGranularities, errorOperations, errorTypes } from '../lib/smbios-names.ts';

const memoryErrorType = 18;
/** An address or a resolution that is not known. */
const unknown = 0x8000_0000;

/** Errors of the memory that the firmware noticed. */
export const memoryErrorInfo = defineTable({
  name: 'memory_error_info',
  description: 'SMBIOS type 18: memory error records.',
  platforms: ['linux', 'macos'],
  examples: ["select * from memory_error_info where error_type != 'OK'"],
  columns: {
    handle: text('Handle of the structure'),
    error_type: text('Kind of error'),
    error_granularity: text('How closely it was located'),
    error_operation: text('What the memory was doing'),
    vendor_syndrome: text('What the vendor says of it, in hexadecimal'),
    memory_array_error_address: text('Address in the memory array, in hexadecimal'),
    device_error_address: text('Address in the memory device, in hexadecimal'),
    error_resolution: text('Length of the range in which the error is, in bytes, in hexadecimal'),
  },
  *generate({ files }) {
    for (const error of smbiosOfType(files, memoryErrorType))
      yield {
        handle: error.handleAt(0x02),
        error_type: errorTypes[error.byte(0x04) ?? 0],
        error_granularity: errorGranularities[error.byte(0x05) ?? 0],
        error_operation: errorOperations[error.byte(0x06) ?? 0],
        vendor_syndrome: error.hex('dword', 0x07, 8, 0),
        memory_array_error_address: error.hex('dword', 0x0b, 8, unknown),
        device_error_address: error.hex('dword', 0x0f, 8, unknown),
        error_resolution: error.hex('dword', 0x13, 8, unknown),
      };
  },
});
