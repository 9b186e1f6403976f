import type { Group } from '../group.ts';
import { libc } from './libc.ts';
import { type Fill, fillParameters, NameEntry } from './name-entry.ts';

/** `struct group` of a 64-bit Linux, glibc and musl alike: two pointers, gid, a pointer to the members. */
const layout = { size: 32, name: 0, gid: 16 } as const;
const firstGroups = 64;
/** NGROUPS_MAX of Linux. */
const largestGroups = 65_536;

/** Functions of getgrent(3), getgrgid(3) and getgrouplist(3), typed by hand: koffi's are not. */
interface Calls {
  readonly setgrent: () => void;
  readonly endgrent: () => void;
  readonly getgrent_r: Fill;
  readonly getgrgid_r: (gid: number, ...rest: Parameters<Fill>) => number;
  readonly getgrouplist: (user: string, gid: number, groups: Uint32Array, count: Int32Array) => number;
}

let bound: Calls | undefined;

function calls(): Calls {
  if (bound === undefined) {
    const { library } = libc();
    bound = {
      setgrent: library.func('void setgrent()'),
      endgrent: library.func('void endgrent()'),
      getgrent_r: library.func(`int getgrent_r(${fillParameters})`),
      getgrgid_r: library.func(`int getgrgid_r(uint32_t gid, ${fillParameters})`),
      getgrouplist: library.func('int getgrouplist(const char *user, uint32_t gid, void *groups, void *count)'),
    };
  }
  return bound;
}

const entry = new NameEntry(layout.size);

const fetch = (fill: Fill): Pick<Group, 'name' | 'gid'> | undefined =>
  entry.fetch(fill) ? { name: entry.string(layout.name), gid: entry.uint32(layout.gid) } : undefined;

/** The group of an id, directory services included (getgrgid_r(3)). */
export function groupById(gid: number): Pick<Group, 'name' | 'gid'> | undefined {
  if (!Number.isInteger(gid) || gid < 0 || gid > 0xffff_ffff) return undefined;
  const { getgrgid_r } = calls();
  return fetch((...rest) => getgrgid_r(gid, ...rest));
}

/** Every group, directory services included (getgrent_r(3)); the position in the list is one for the whole process. */
export function allGroups(): Pick<Group, 'name' | 'gid'>[] {
  const { setgrent, endgrent, getgrent_r } = calls();
  const groups: Pick<Group, 'name' | 'gid'>[] = [];
  setgrent();
  try {
    for (let group = fetch(getgrent_r); group !== undefined; group = fetch(getgrent_r)) groups.push(group);
  } finally {
    endgrent();
  }
  return groups;
}

/** The ids of the groups of a user, the primary one first (getgrouplist(3)). */
export function groupsOfUser(user: string, primary: number): number[] {
  const { getgrouplist } = calls();
  const count = new Int32Array(1);
  for (let size = firstGroups; size <= largestGroups; size *= 4) {
    const groups = new Uint32Array(size);
    count[0] = size;
    if (getgrouplist(user, primary, groups, count) >= 0) return [...groups.subarray(0, count[0])];
  }
  return [primary];
}
