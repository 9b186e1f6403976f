import { bigint, defineTable, integer, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { parseMaps } from '../lib/process/maps.ts';
import { wantedPids } from '../lib/process/wanted.ts';

/** What processes have in their address space. */
export const processMemoryMap = defineTable({
  name: 'process_memory_map',
  description: 'Mapped regions of processes.',
  platforms: ['linux', 'macos', 'windows'],
  examples: [
    "select distinct pid, path from process_memory_map where path like '%.so%'",
    "select pid, start, end from process_memory_map where permissions like '%w_%' and permissions like '__x%'",
  ],
  columns: {
    pid: integer('Id of the process', { index: true, optimized: true }),
    start: text('First address, hexadecimal'),
    end: text('Address after the last one, hexadecimal'),
    permissions: text('r, w, x, and p for private or s for shared'),
    offset: bigint('Where in the file the region begins, in bytes; -1 when it cannot be told'),
    device: text('Major and minor number of the device of the file, hexadecimal'),
    inode: integer('Inode of the file; 0 when there is none'),
    path: text('Path of the file, or a name such as [stack]'),
    pseudo: integer('1 for a region with a name and without a file, else 0'),
  },
  order: ['pid'],
  exact: ['pid'],
  *generate(context) {
    const { files } = context;
    const losses = new Losses('cannot be read');
    for (const pid of wantedPids(context)) {
      if (context.aborted) return;
      const file = `/proc/${pid}/maps`;
      const content = losses.attempt(file, () => files.readTextIfPresent(file));
      for (const { start, end, permissions, offset, device, inode, path } of parseMaps(content ?? '')) {
        const pseudo = inode === 0 && path !== '' ? 1 : 0;
        yield { pid, start: `0x${start}`, end: `0x${end}`, permissions, offset, device, inode, path, pseudo };
      }
    }
    losses.report(context);
  },
});
