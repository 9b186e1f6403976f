import { bigint, defineTable, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { descriptorsOf } from '../lib/process/descriptors.ts';
import { wantedPids } from '../lib/process/wanted.ts';

/** What has no path: sockets, pipes, and what is only a descriptor, such as an epoll instance. */
const pathless = /^(?:socket|pipe|anon_inode):/;

/** The files that processes hold open. */
export const processOpenFiles = defineTable({
  name: 'process_open_files',
  description: 'Open file descriptors that refer to paths.',
  platforms: ['linux', 'macos'],
  examples: ["select pid, path from process_open_files where path like '/var/log/%'"],
  columns: {
    pid: bigint('Id of the process', { index: true }),
    fd: bigint('Descriptor'),
    path: text('Path of the file; the kernel adds " (deleted)" when it was removed'),
  },
  order: ['pid'],
  exact: ['pid'],
  *generate(context) {
    const losses = new Losses('cannot be read');
    for (const pid of wantedPids(context)) {
      if (context.aborted) return;
      for (const { fd, target } of descriptorsOf(context.files, pid, losses))
        if (!pathless.test(target)) yield { pid, fd, path: target };
    }
    losses.report(context);
  },
});
