import { bigint, defineTable, type FileView, integer, text } from '@outpost/sdk';
import { type MdActionName, type MdArray, parseMdstat } from '../lib/md/mdstat.ts';
import { levelNumber, MdSysfs } from '../lib/md/sysfs.ts';

/** States of an array in which everything is written (md.rst). */
const cleanStates = new Set(['clean', 'readonly', 'read-auto', 'active-idle']);

function superblockState(sysfs: MdSysfs): string {
  const words = cleanStates.has(sysfs.text('array_state')) ? ['clean'] : [];
  if (/^[+-]\d+$/.test(sysfs.text('bitmap/location'))) words.push('bitmap_present');
  return words.join(' ') || 'unknown';
}

/** How many drives are in which state, counted as the kernel does. */
function countsOf(sysfs: MdSysfs) {
  const drives = sysfs.drives();
  const count = (...states: string[]) => drives.filter(drive => states.every(state => drive.states.has(state))).length;
  const failed = count('faulty');
  return {
    nr_raid_disks: drives.length,
    working_disks: drives.length - failed,
    active_disks: count('in_sync'),
    failed_disks: failed,
    spare_disks: count('spare'),
  };
}

function arrayColumns(files: FileView, array: MdArray) {
  const sysfs = new MdSysfs(files, array.name);
  return {
    device_name: array.name,
    status: array.status,
    raid_level: levelNumber(sysfs.text('level')),
    size: array.size,
    chunk_size: sysfs.number('chunk_size'),
    raid_disks: sysfs.number('raid_disks'),
    ...countsOf(sysfs),
    superblock_state: superblockState(sysfs),
    superblock_version: sysfs.text('metadata_version'),
    bitmap_on_mem: array.bitmap?.pages,
    bitmap_chunk_size: array.bitmap?.chunk,
    bitmap_external_file: array.bitmap?.file,
    other: array.other,
  };
}

function actionColumns({ actions }: MdArray) {
  const of = (name: MdActionName) => actions.get(name);
  const [recovery, resync, reshape, check] = [of('recovery'), of('resync'), of('reshape'), of('check')];
  return {
    recovery_progress: recovery?.progress,
    recovery_finish: recovery?.finish,
    recovery_speed: recovery?.speed,
    resync_progress: resync?.progress,
    resync_finish: resync?.finish,
    resync_speed: resync?.speed,
    reshape_progress: reshape?.progress,
    reshape_finish: reshape?.finish,
    reshape_speed: reshape?.speed,
    check_array_progress: check?.progress,
    check_array_finish: check?.finish,
    check_array_speed: check?.speed,
  };
}

/** Drives that the kernel makes one of. */
export const mdDevices = defineTable({
  name: 'md_devices',
  description: 'Linux software RAID arrays.',
  platforms: ['linux'],
  examples: ['select device_name, raid_level, failed_disks from md_devices where active_disks < raid_disks'],
  columns: {
    device_name: text('Name of the array, such as md0'),
    status: text('active or inactive'),
    raid_level: integer('RAID level; -1 linear, -4 multipath, -5 faulty'),
    size: bigint('Usable size in KiB'),
    chunk_size: bigint('Size of a chunk in bytes'),
    raid_disks: integer('Number of places for drives'),
    nr_raid_disks: integer('Number of drives'),
    working_disks: integer('Number of drives that work'),
    active_disks: integer('Number of drives in sync'),
    failed_disks: integer('Number of drives that failed'),
    spare_disks: integer('Number of spare drives'),
    superblock_state: text('State of the superblock, such as clean'),
    superblock_version: text('Version of the superblock, such as 1.2'),
    superblock_update_time: bigint('Always null: sysfs does not tell'),
    bitmap_on_mem: text('Pages of the bitmap in memory'),
    bitmap_chunk_size: text('How much a bit of the bitmap stands for'),
    bitmap_external_file: text('File of the bitmap, where it has one'),
    recovery_progress: text('How far the recovery has come'),
    recovery_finish: text('When the recovery is done'),
    recovery_speed: text('Speed of the recovery'),
    resync_progress: text('How far the resync has come'),
    resync_finish: text('When the resync is done'),
    resync_speed: text('Speed of the resync'),
    reshape_progress: text('How far the reshape has come'),
    reshape_finish: text('When the reshape is done'),
    reshape_speed: text('Speed of the reshape'),
    check_array_progress: text('How far the check has come'),
    check_array_finish: text('When the check is done'),
    check_array_speed: text('Speed of the check'),
    unused_devices: text('Devices that are in no array'),
    other: text('What else /proc/mdstat says'),
  },
  *generate({ files }) {
    const { arrays, unused } = parseMdstat(files.readTextIfPresent('/proc/mdstat') ?? '');
    for (const array of arrays)
      yield { ...arrayColumns(files, array), ...actionColumns(array), unused_devices: unused };
  },
});
