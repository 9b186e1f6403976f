import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { placedDrives } from '../../../extensions/tables/src/lib/md/drives.ts';
import { parseMdstat } from '../../../extensions/tables/src/lib/md/mdstat.ts';
import { levelNumber } from '../../../extensions/tables/src/lib/md/sysfs.ts';
import { mdDevices } from '../../../extensions/tables/src/linux/md_devices.ts';
import { mdDrives } from '../../../extensions/tables/src/linux/md_drives.ts';
import { mdPersonalities } from '../../../extensions/tables/src/linux/md_personalities.ts';
import { type Content, machineWith, rowsOf } from './machine.ts';

const mdstat = `Personalities : [raid1] [raid6] [raid5] [raid4] [raid0] 
md127 : active (auto-read-only) raid1 sdb2[1] sda2[0]
      182751552 blocks super 1.2 [2/2] [UU]
      \tresync=PENDING
      bitmap: 1/2 pages [4KB], 65536KB chunk, file: /var/bit map

md2 : active raid5 sdf1[5] sde1[2](F) sdc1[1] sdg1[6](S)
      585890304 blocks level 5, 64k chunk, algorithm 2 [3/2] [UU_]
      [==>..................]  recovery =  1.4% (37043392/292945152) finish=127.5min speed=33440K/sec
      
md3 : inactive sdh1[0](S)
      4096 blocks

unused devices: <none>
`;

const drive = (array: string, name: string, slot: string, state: string): Record<string, Content> => ({
  [`sys/block/${array}/md/dev-${name}/slot`]: `${slot}\n`,
  [`sys/block/${array}/md/dev-${name}/state`]: `${state}\n`,
});

const machine = {
  'proc/mdstat': mdstat,
  'sys/block/md127/md/level': 'raid1\n',
  'sys/block/md127/md/raid_disks': '2\n',
  'sys/block/md127/md/array_state': 'clean\n',
  'sys/block/md127/md/metadata_version': '1.2\n',
  'sys/block/md127/md/bitmap/location': '+8\n',
  ...drive('md127', 'sda2', '0', 'in_sync,write_mostly'),
  ...drive('md127', 'sdb2', '1', 'in_sync'),
  'sys/block/md2/md/level': 'raid5\n',
  'sys/block/md2/md/raid_disks': '4 (3)\n',
  'sys/block/md2/md/chunk_size': '65536\n',
  'sys/block/md2/md/array_state': 'active\n',
  'sys/block/md2/md/metadata_version': '0.90\n',
  ...drive('md2', 'sdc1', '1', 'in_sync'),
  ...drive('md2', 'sde1', 'none', 'faulty,blocked'),
  ...drive('md2', 'sdf1', '0', 'spare'),
  ...drive('md2', 'sdg1', 'none', 'spare'),
};

test('md_personalities', t => {
  assert.deepEqual(
    rowsOf(mdPersonalities, { files: machineWith(t, machine) }).map(row => row.name),
    ['raid1', 'raid6', 'raid5', 'raid4', 'raid0'],
  );
});

test('md_devices puts together what /proc/mdstat and sysfs say', t => {
  const [first, second, third] = rowsOf(mdDevices, { files: machineWith(t, machine) }).map(row =>
    Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)),
  );
  assert.deepEqual(first, {
    device_name: 'md127',
    status: 'active',
    raid_level: 1,
    size: 182751552,
    raid_disks: 2,
    nr_raid_disks: 2,
    working_disks: 2,
    active_disks: 2,
    failed_disks: 0,
    spare_disks: 0,
    superblock_state: 'clean bitmap_present',
    superblock_version: '1.2',
    bitmap_on_mem: '1/2 pages [4KB]',
    bitmap_chunk_size: '65536KB chunk',
    bitmap_external_file: '/var/bit map',
    resync_progress: 'PENDING',
    resync_finish: '',
    resync_speed: '',
    other: 'super 1.2',
    unused_devices: '<none>',
  });
  assert.deepEqual(second, {
    device_name: 'md2',
    status: 'active',
    raid_level: 5,
    size: 585890304,
    chunk_size: 65536,
    raid_disks: 4,
    nr_raid_disks: 4,
    working_disks: 3,
    active_disks: 1,
    failed_disks: 1,
    spare_disks: 2,
    superblock_state: 'unknown',
    superblock_version: '0.90',
    recovery_progress: '1.4% (37043392/292945152)',
    recovery_finish: '127.5min',
    recovery_speed: '33440K/sec',
    other: 'level 5, 64k chunk, algorithm 2',
    unused_devices: '<none>',
  });
  assert.deepEqual([third?.device_name, third?.status, third?.size, third?.other], ['md3', 'inactive', 4096, '']);
});

test('md_drives gives every place of an array', t => {
  const rows = rowsOf(mdDrives, { files: machineWith(t, machine) });
  assert.deepEqual(rows.map(row => [row.md_device_name, row.drive_name, row.slot, row.state]).toSorted(), [
    ['md127', '/dev/sda2', 0, 'active sync writemostly'],
    ['md127', '/dev/sdb2', 1, 'active sync'],
    ['md2', '/dev/sdc1', 1, 'active sync'],
    ['md2', '/dev/sde1', 2, 'faulty'],
    ['md2', '/dev/sdf1', 0, 'recovering'],
    ['md2', '/dev/sdg1', undefined, 'spare'],
    ['md2', 'unknown', 3, 'removed'],
  ]);
});

test('a failed drive that joined late is where nobody else is', () => {
  const array = parseMdstat('md0 : active raid1 sda[7](F) sdb[0]\n').arrays[0];
  assert.ok(array);
  const states = (state: string) => new Set([state]);
  const rows = placedDrives(
    array,
    [
      { name: 'sda', slot: undefined, states: states('faulty') },
      { name: 'sdb', slot: 0, states: states('in_sync') },
    ],
    2,
  );
  assert.deepEqual(
    rows.map(row => [row.drive, row.slot]),
    [
      ['/dev/sda', 1],
      ['/dev/sdb', 0],
    ],
  );
});

test('levels have numbers', () => {
  assert.deepEqual(['raid0', 'raid10', 'linear', 'faulty', 'container', ''].map(levelNumber), [
    0,
    10,
    -1,
    -5,
    undefined,
    undefined,
  ]);
});

test('a kernel without the driver has no arrays', t => {
  for (const table of [mdDevices, mdDrives, mdPersonalities])
    assert.deepEqual(rowsOf(table, { files: machineWith(t, {}) }), []);
});

test('no content makes the parser throw', () => {
  const pieces = fc.constantFrom(
    'md0 : active',
    ' raid1',
    ' sda[0]',
    '(F)',
    '\n',
    '      ',
    '12 blocks',
    'bitmap: ',
    ', ',
    'recovery = ',
    '1% (1/2)',
    'Personalities : [',
    ']',
    'unused devices:',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), parts => {
      for (const { size, members } of parseMdstat(parts.join('')).arrays) {
        assert.ok(!Number.isNaN(size));
        assert.ok(members.every(({ number }) => Number.isInteger(number)));
      }
    }),
  );
});
