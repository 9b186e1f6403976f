import { defineTable, integer, text } from '@outpost/sdk';
import { placedDrives } from '../lib/md/drives.ts';
import { parseMdstat } from '../lib/md/mdstat.ts';
import { MdSysfs } from '../lib/md/sysfs.ts';

/** The kernel allows no more drives in an array. */
const maxSlots = 4096;

/** What is in the places of arrays. */
export const mdDrives = defineTable({
  name: 'md_drives',
  description: 'Member drives of software RAID arrays.',
  platforms: ['linux'],
  examples: ["select md_device_name, drive_name, slot from md_drives where state not like 'active%'"],
  columns: {
    md_device_name: text('Name of the array, such as md0'),
    drive_name: text('Path of the drive; unknown where one is missing'),
    slot: integer('Its place in the array; null for a spare'),
    state: text('Such as active sync, faulty, recovering, spare, removed'),
  },
  *generate({ files }) {
    for (const array of parseMdstat(files.readTextIfPresent('/proc/mdstat') ?? '').arrays) {
      const sysfs = new MdSysfs(files, array.name);
      const slots = Math.min(sysfs.number('raid_disks') ?? 0, maxSlots);
      for (const { drive, slot, state } of placedDrives(array, sysfs.drives(), slots))
        yield { md_device_name: array.name, drive_name: drive, slot, state };
    }
  },
});
