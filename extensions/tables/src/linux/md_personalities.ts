import { defineTable, text } from '@outpost/sdk';
import { parseMdstat } from '../lib/md/mdstat.ts';

/** The kinds of arrays that the kernel can run now. */
export const mdPersonalities = defineTable({
  name: 'md_personalities',
  description: 'RAID levels the kernel md driver supports.',
  platforms: ['linux'],
  examples: ['select name from md_personalities'],
  columns: { name: text('Name of the level, such as raid1') },
  *generate({ files }) {
    for (const name of parseMdstat(files.readTextIfPresent('/proc/mdstat') ?? '').personalities) yield { name };
  },
});
