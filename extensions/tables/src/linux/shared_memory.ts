import { bigint, defineTable, integer, text } from '@outpost/sdk';
import { parseSegments, segmentFlags } from '../lib/sysv-shm.ts';

/** Memory that processes share by the means of System V. */
export const sharedMemory = defineTable({
  name: 'shared_memory',
  description: 'System V shared memory segments.',
  platforms: ['linux'],
  examples: ["select shmid, creator_pid, size from shared_memory where permissions like '%6'"],
  columns: {
    shmid: integer('Id of the segment'),
    owner_uid: bigint('User id of the owner'),
    creator_uid: bigint('User id of who made it'),
    pid: bigint('Process that attached or detached it last'),
    creator_pid: bigint('Process that made it'),
    atime: bigint('When it was attached last, in seconds since 1970; 0 for never'),
    dtime: bigint('When it was detached last, in seconds since 1970; 0 for never'),
    ctime: bigint('When it was changed last, in seconds since 1970'),
    permissions: text('Permissions, octal'),
    size: bigint('Size in bytes'),
    attached: integer('Number of attachments'),
    status: text('dest when it is removed once nobody is attached'),
    locked: integer('1 when it is kept out of the swap space, else 0'),
  },
  *generate(context) {
    for (const segment of parseSegments(context.files.readTextIfPresent('/proc/sysvipc/shm') ?? ''))
      yield {
        shmid: segment.id,
        owner_uid: segment.owner,
        creator_uid: segment.creator,
        pid: segment.lastPid,
        creator_pid: segment.creatorPid,
        atime: segment.attachedAt,
        dtime: segment.detachedAt,
        ctime: segment.changedAt,
        permissions: (segment.mode & 0o777).toString(8).padStart(4, '0'),
        size: segment.size,
        attached: segment.attached,
        status: segment.mode & segmentFlags.destroyed ? 'dest' : '',
        locked: segment.mode & segmentFlags.locked ? 1 : 0,
      };
  },
});
