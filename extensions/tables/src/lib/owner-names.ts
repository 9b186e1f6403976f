import type { FileView } from '@outpost/sdk';
import { parseGroups } from './group.ts';
import { parsePasswd } from './passwd.ts';
import { quietly } from './quietly.ts';
import { accountById } from './sys/accounts.ts';
import { groupById } from './sys/groups.ts';

/** Keeps the answers of `find`, which may ask a directory service. */
function remembering(find: (id: number) => string | undefined): (id: number) => string {
  const known = new Map<number, string>();
  return id => {
    const name = known.get(id) ?? find(id) ?? String(id);
    known.set(id, name);
    return name;
  };
}

/** The names of users and groups; the number as text where there is no name. */
export interface OwnerNames {
  readonly userName: (uid: number) => string;
  readonly groupName: (gid: number) => string;
}

/** The names of a machine: by its name service on this one, by the files alone below another root. */
export function ownerNames(files: FileView): OwnerNames {
  if (files.root === '/')
    return {
      userName: remembering(uid => accountById(uid)?.name),
      groupName: remembering(gid => groupById(gid)?.name),
    };
  const users = [...parsePasswd(quietly(() => files.readTextIfPresent('/etc/passwd')) ?? '')];
  const groups = [...parseGroups(quietly(() => files.readTextIfPresent('/etc/group')) ?? '')];
  return {
    userName: remembering(wanted => users.find(({ uid }) => uid === wanted)?.name),
    groupName: remembering(wanted => groups.find(({ gid }) => gid === wanted)?.name),
  };
}
