import { bigint, defineTable, text } from '@outpost/sdk';
import { parseKeys } from '../lib/kernel-keys.ts';

/** The keys in the kernel that the agent may see. */
export const kernelKeys = defineTable({
  name: 'kernel_keys',
  description: 'Keys visible in the kernel key service.',
  platforms: ['linux'],
  examples: ["select serial_number, description from kernel_keys where type = 'asymmetri'"],
  columns: {
    serial_number: text('Number of the key, hexadecimal'),
    flags: text('State, such as I for instantiated and R for revoked'),
    usage: bigint('How often the key is referred to'),
    timeout: text('When it expires: perm for never, expd for expired, else such as 2d'),
    permissions: text('Permissions of possessor, user, group and others, hexadecimal'),
    uid: bigint('User id of the owner'),
    gid: bigint('Group id; -1 for none'),
    type: text('Type, at most 9 characters'),
    description: text('What the key is'),
  },
  *generate(context) {
    for (const { serial, ...key } of parseKeys(context.files.readTextIfPresent('/proc/keys') ?? ''))
      yield { ...key, serial_number: serial };
  },
});
