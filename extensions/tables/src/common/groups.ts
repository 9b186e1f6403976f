import { bigint, defineTable, type FileView, integer, text } from '@outpost/sdk';
import { type Group, parseGroups } from '../lib/group.ts';
import { Losses } from '../lib/losses.ts';
import { pidWithNamespace, placesOf } from '../lib/namespace.ts';
import { allGroups, groupById } from '../lib/sys/groups.ts';

type Found = Pick<Group, 'name' | 'gid'>;

/** A container's directory services cannot be asked from outside, only its file can be read. */
function* groupsOf(files: FileView, gids: readonly (number | bigint)[] | undefined, losses: Losses): Iterable<Found> {
  const path = '/etc/group';
  if (files.root === '/') yield* gids?.flatMap(gid => groupById(Number(gid)) ?? []) ?? allGroups();
  else for (const group of parseGroups(losses.attempt(path, () => files.readTextIfPresent(path)) ?? '')) yield group;
}

/** Groups by id, from the file and from directory services. */
export const groups = defineTable({
  name: 'groups',
  description: 'Groups known to the name service.',
  platforms: ['linux', 'macos', 'windows'],
  examples: [
    'select groupname from groups where gid = 0',
    'select u.username, g.groupname from users u join groups g using (gid)',
  ],
  columns: {
    gid: bigint('Group id', { index: true }),
    gid_signed: bigint('Group id as a signed number of 32 bits'),
    groupname: text('Name of the group'),
    group_sid: text('Security identifier', { index: true, platforms: ['windows'] }),
    comment: text('Remark on the group', { platforms: ['windows'] }),
    is_hidden: integer('Whether the group is hidden in the directory', { platforms: ['macos'] }),
    ...pidWithNamespace,
  },
  *generate(context) {
    const gids = context.equals('gid');
    const losses = new Losses('cannot be read');
    for (const { files, pid } of placesOf(context)) {
      // Of groups that share an id only the first counts, as for every program that asks for the name of an id.
      const seen = new Set<number>();
      for (const { gid, name } of groupsOf(files, gids, losses)) {
        if (seen.has(gid) || gids?.includes(gid) === false) continue;
        seen.add(gid);
        yield { gid, gid_signed: gid | 0, groupname: name, pid_with_namespace: pid };
      }
    }
    losses.report(context);
  },
});
