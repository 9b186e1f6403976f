import type { StatsFs } from 'node:fs';
import { bigint, defineTable, type FileView, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { parseMounts } from '../lib/mounts.ts';
import { quietly } from '../lib/quietly.ts';

const spaceColumns = ['blocks_size', 'blocks', 'blocks_free', 'blocks_available', 'inodes', 'inodes_free'] as const;

/** What a device's name leads to: `/dev/mapper/root` is a link. Names such as `tmpfs` are no paths. */
function aliasOf(files: FileView, device: string): string {
  return (device.startsWith('/') ? quietly(() => files.realpath(device)) : undefined) ?? device;
}

/** Mounted file systems. */
export const mounts = defineTable({
  name: 'mounts',
  description: 'Mounted filesystems with space and inode counts.',
  platforms: ['linux', 'macos'],
  examples: ["select path, blocks_available * blocks_size as free from mounts where type = 'ext4'"],
  columns: {
    device: text('What is mounted'),
    device_alias: text('The device without symbolic links'),
    path: text('Where it is mounted'),
    type: text('Type of the file system'),
    blocks_size: bigint('Size of a block in bytes'),
    blocks: bigint('Blocks in all'),
    blocks_free: bigint('Free blocks'),
    blocks_available: bigint('Free blocks for users other than root'),
    inodes: bigint('Inodes in all'),
    inodes_free: bigint('Free inodes'),
    flags: text('Mount options'),
  },
  *generate(context) {
    const { files } = context;
    // A server that does not answer holds statfs(2) for ever: it is asked only for columns that need it.
    const withSpace = spaceColumns.some(column => context.used(column));
    const withAlias = context.used('device_alias');
    const losses = new Losses('cannot be asked for space');
    const spaceOf = (path: string): StatsFs | undefined => losses.attempt(path, () => files.statfs(path));
    for (const { device, path, type, options } of parseMounts(files.readText('/proc/mounts'))) {
      if (context.aborted) return;
      // To look at an automounter's path would mount what is behind it.
      if (type === 'autofs') continue;
      const space = withSpace ? spaceOf(path) : undefined;
      yield {
        device,
        device_alias: withAlias ? aliasOf(files, device) : device,
        path,
        type,
        blocks_size: space?.bsize,
        blocks: space?.blocks,
        blocks_free: space?.bfree,
        blocks_available: space?.bavail,
        inodes: space?.files,
        inodes_free: space?.ffree,
        flags: options,
      };
    }
    losses.report(context);
  },
});
