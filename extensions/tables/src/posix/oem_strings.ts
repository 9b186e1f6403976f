import { defineTable, integer, text } from '@outpost/sdk';
import { smbiosOfType } from '../lib/smbios.ts';

const oemStringsType = 11;

/** What a vendor wrote into the firmware for whoever reads it. */
export const oemStrings = defineTable({
  name: 'oem_strings',
  description: 'SMBIOS type 11: vendor strings.',
  platforms: ['linux', 'macos'],
  examples: ['select number, value from oem_strings'],
  columns: {
    handle: text('Handle of the structure'),
    number: integer('Number of the string in it, from 1 on'),
    value: text('The string'),
  },
  *generate({ files }) {
    for (const structure of smbiosOfType(files, oemStringsType))
      for (let number = 1; number <= (structure.byte(0x04) ?? 0); number += 1)
        yield { handle: structure.handleAt(0x02), number, value: structure.stringNumber(number) };
  },
});
