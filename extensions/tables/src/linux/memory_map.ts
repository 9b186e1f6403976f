import { defineTable, text } from '@outpost/sdk';
import { parseIomem } from '../lib/iomem.ts';

/** What lies where in the physical address space. */
export const memoryMap = defineTable({
  name: 'memory_map',
  description: 'Physical address ranges of /proc/iomem.',
  platforms: ['linux'],
  examples: ["select start, end from memory_map where name = 'System RAM'"],
  columns: {
    name: text('What is there'),
    start: text('First address, hexadecimal; 0 for who may not see it'),
    end: text('Last address, hexadecimal'),
  },
  *generate(context) {
    const content = context.files.readTextIfPresent('/proc/iomem') ?? '';
    for (const { name, start, end } of parseIomem(content)) yield { name, start: `0x${start}`, end: `0x${end}` };
  },
});
