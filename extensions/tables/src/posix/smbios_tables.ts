import { hash } from 'node:crypto';
import { defineTable, integer, text } from '@outpost/sdk';
import { smbiosOf } from '../lib/smbios.ts';
import { structureNames } from '../lib/smbios-names.ts';

/** Everything the firmware says of the hardware, undecoded. */
export const smbiosTables = defineTable({
  name: 'smbios_tables',
  description: 'All SMBIOS structures with type, size and MD5.',
  platforms: ['linux', 'macos'],
  examples: ['select number, type, description, md5 from smbios_tables'],
  columns: {
    number: integer('Position among the structures, from 0 on'),
    type: integer('Type'),
    description: text('What structures of the type are about; Unknown for those of a vendor'),
    handle: integer('Number by which other structures refer to it'),
    header_size: integer('Length without its strings, in bytes'),
    size: integer('Length in bytes'),
    md5: text('MD5 of its bytes', { collate: 'nocase' }),
  },
  *generate({ files }) {
    for (const [number, { type, handle, length, bytes }] of smbiosOf(files).entries())
      yield {
        number,
        type,
        description: structureNames[type] ?? 'Unknown',
        handle,
        header_size: length,
        size: bytes.length,
        md5: hash('md5', bytes),
      };
  },
});
