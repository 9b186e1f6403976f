import { bigint, defineTable } from '@outpost/sdk';
import { parseGroups } from '../lib/group.ts';
import { Losses } from '../lib/losses.ts';
import { type Account, parsePasswd } from '../lib/passwd.ts';
import { remoteAccounts } from '../lib/remote-accounts.ts';
import { groupsOfUser } from '../lib/sys/groups.ts';

/** Says who is in which groups by the files alone: the primary group, then those that list the user. */
function membershipsIn(group: string): (account: Account) => Iterable<number> {
  const byMember = new Map<string, number[]>();
  for (const { gid, members } of parseGroups(group))
    for (const member of members) {
      const gids = byMember.get(member);
      if (gids === undefined) byMember.set(member, [gid]);
      else gids.push(gid);
    }
  return ({ name, gid }) => [gid, ...(byMember.get(name) ?? [])];
}

/** Who is in which group, from the files and from directory services. */
export const userGroups = defineTable({
  name: 'user_groups',
  description: 'Membership of users in groups.',
  platforms: ['linux', 'macos', 'windows'],
  examples: [
    'select gid from user_groups where uid = 0',
    'select username, groupname from user_groups join users using (uid) join groups g on g.gid = user_groups.gid',
  ],
  columns: {
    uid: bigint('User id', { index: true, optimized: true }),
    gid: bigint('Group id', { index: true }),
  },
  *generate(context) {
    const { files } = context;
    const uids = context.equals('uid');
    const local = files.root !== '/';
    const losses = new Losses('cannot be read');
    const read = (path: string): string => losses.attempt(path, () => files.readTextIfPresent(path)) ?? '';
    const accounts = local ? parsePasswd(read('/etc/passwd')) : remoteAccounts({ uids, names: undefined });
    const groupsOf = local ? membershipsIn(read('/etc/group')) : ({ name, gid }: Account) => groupsOfUser(name, gid);
    for (const account of accounts) {
      if (context.aborted) return;
      if (uids?.includes(account.uid) === false) continue;
      for (const gid of new Set(groupsOf(account))) yield { uid: account.uid, gid };
    }
    losses.report(context);
  },
});
