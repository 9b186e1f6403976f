import { bigint, defineTable, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { listPids } from '../lib/pids.ts';
import { partnersOf, pipesOf } from '../lib/process/pipes.ts';

/** Who talks to whom through pipes. */
export const processOpenPipes = defineTable({
  name: 'process_open_pipes',
  description: 'Pipes and FIFOs held open, with the process at the other end.',
  platforms: ['linux'],
  examples: [
    "select pid, partner_pid from process_open_pipes where type = 'named' and mode = 'w'",
    'select pid, fd, inode from process_open_pipes where partner_pid is null',
  ],
  columns: {
    pid: bigint('Process that holds an end'),
    fd: bigint('Its descriptor'),
    mode: text('r, w or rw'),
    inode: bigint('Inode of the pipe'),
    type: text('anonymous for a pipe, named for a FIFO'),
    partner_pid: bigint('Process at the other end; null when nobody is'),
    partner_fd: bigint('Its descriptor'),
    partner_mode: text('r, w or rw'),
  },
  *generate(context) {
    const { files } = context;
    const losses = new Losses('cannot be read');
    const pids = function* () {
      for (const pid of listPids(files)) {
        if (context.aborted) return;
        yield pid;
      }
    };
    for (const pipe of pipesOf(files, pids(), losses).values()) {
      const { inode, type } = pipe;
      for (const { end, partner } of partnersOf(pipe)) {
        if (context.aborted) return;
        const { pid, fd, mode } = end;
        yield {
          ...{ pid, fd, mode, inode, type },
          ...{ partner_pid: partner?.pid, partner_fd: partner?.fd, partner_mode: partner?.mode },
        };
      }
    }
    losses.report(context);
  },
});
