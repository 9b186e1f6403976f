import { bigint, defineTable, type FileView, integer, text } from '@outpost/sdk';
import { BlockDevice } from '../lib/block-devices.ts';
import { extSuperblock, parseExtSuperblock } from '../lib/ext-superblock.ts';
import type { ReadAt, Stretch } from '../lib/partitions/layout.ts';
import { readLayout } from '../lib/partitions/read.ts';
import { quietly } from '../lib/quietly.ts';
import { readDevice } from '../lib/sys/device.ts';

/** The Sleuth Kit's bits for kinds of stretches. */
const flags = { normal: 1, unallocated: 2, meta: 4 } as const;
const sysfsSectorBytes = 512;

/** The size of a device, or of an image of one, in bytes; 0 when it is not known. */
function bytesOf(files: FileView, path: string): number {
  const found = quietly(() => files.stat(path));
  if (found?.isFile() === true) return found.size;
  const name = path.replace(/^\/dev\//, '').replaceAll('/', '!');
  return (new BlockDevice(files, name).numberOf('size') ?? 0) * sysfsSectorBytes;
}

function rowOf(readAt: ReadAt, { start, length, label, kind }: Stretch, sectorBytes: number) {
  const offset = start * sectorBytes;
  const common = { label, offset, flags: flags[kind] };
  const superblock = kind === 'normal' ? readAt(offset + extSuperblock.offset, extSuperblock.bytes) : undefined;
  const found = superblock && parseExtSuperblock(superblock);
  return found === undefined
    ? { ...common, type: kind, blocks_size: sectorBytes, blocks: length, inodes: -1 }
    : { ...common, type: found.type, blocks_size: found.blockBytes, blocks: found.blocks, inodes: found.inodes };
}

/** How a disk, or an image of one, is divided. Reads MBR and GPT tables, and knows ext2, ext3 and ext4 on the partitions. */
export const devicePartitions = defineTable({
  name: 'device_partitions',
  description: 'Partition table of a raw device or image.',
  platforms: ['linux', 'macos', 'windows'],
  examples: [
    "select label, type, offset, blocks * blocks_size as bytes from device_partitions where device = '/dev/sda'",
  ],
  columns: {
    device: text('Path of a block device or of an image', { required: true }),
    partition: integer('Number, in the order of the device'),
    label: text('Name of the partition, or of what else is there'),
    type: text('normal, meta for a table, unallocated, or the type of the file system'),
    offset: bigint('Where it begins, in bytes'),
    blocks_size: bigint('Size of a block in bytes'),
    blocks: bigint('Number of blocks'),
    inodes: bigint('Number of inodes; -1 when no file system is known'),
    flags: integer('1 for a partition, 2 for unallocated, 4 for a table'),
  },
  *generate(context) {
    const { files } = context;
    for (const device of context.equals('device') ?? []) {
      const path = device.startsWith('/') ? quietly(() => files.realpath(device)) : undefined;
      if (path === undefined) continue;
      const readAt: ReadAt = (offset, bytes) => readDevice(files, path, offset, bytes);
      const layout = readLayout(readAt, bytesOf(files, path));
      for (const [partition, stretch] of (layout?.stretches ?? []).entries()) {
        if (context.aborted) return;
        yield { device, partition, ...rowOf(readAt, stretch, layout?.sectorBytes ?? 0) };
      }
    }
  },
});
