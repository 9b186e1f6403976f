import type { Account } from '../passwd.ts';
import { libc } from './libc.ts';
import { type Fill, fillParameters, NameEntry } from './name-entry.ts';

/** `struct passwd` of a 64-bit Linux, glibc and musl alike: two pointers, uid, gid, three pointers. */
const layout = { size: 48, name: 0, uid: 16, gid: 20, description: 24, directory: 32, shell: 40 } as const;

/** Functions of getpwent(3) and getpwnam(3), typed by hand: koffi's are not. */
interface Calls {
  readonly setpwent: () => void;
  readonly endpwent: () => void;
  readonly getpwent_r: Fill;
  readonly getpwuid_r: (uid: number, ...rest: Parameters<Fill>) => number;
  readonly getpwnam_r: (name: string, ...rest: Parameters<Fill>) => number;
}

let bound: Calls | undefined;

function calls(): Calls {
  if (bound === undefined) {
    const { library } = libc();
    bound = {
      setpwent: library.func('void setpwent()'),
      endpwent: library.func('void endpwent()'),
      getpwent_r: library.func(`int getpwent_r(${fillParameters})`),
      getpwuid_r: library.func(`int getpwuid_r(uint32_t uid, ${fillParameters})`),
      getpwnam_r: library.func(`int getpwnam_r(const char *name, ${fillParameters})`),
    };
  }
  return bound;
}

const entry = new NameEntry(layout.size);

function fetch(fill: Fill): Account | undefined {
  if (!entry.fetch(fill)) return undefined;
  return {
    name: entry.string(layout.name),
    uid: entry.uint32(layout.uid),
    gid: entry.uint32(layout.gid),
    description: entry.string(layout.description),
    directory: entry.string(layout.directory),
    shell: entry.string(layout.shell),
  };
}

/** The account of an id, directory services included (getpwuid_r(3)). */
export function accountById(uid: number): Account | undefined {
  if (!Number.isInteger(uid) || uid < 0 || uid > 0xffff_ffff) return undefined;
  const { getpwuid_r } = calls();
  return fetch((...rest) => getpwuid_r(uid, ...rest));
}

/** The account of a name, directory services included (getpwnam_r(3)). */
export function accountByName(name: string): Account | undefined {
  if (name === '' || name.includes('\0')) return undefined;
  const { getpwnam_r } = calls();
  return fetch((...rest) => getpwnam_r(name, ...rest));
}

/**
 * Every account, directory services included (getpwent_r(3)). The position in the list is one for the whole process: two threads
 * that list at the same moment share it, so ids that are known are better asked for one by one.
 */
export function allAccounts(): Account[] {
  const { setpwent, endpwent, getpwent_r } = calls();
  const accounts: Account[] = [];
  setpwent();
  try {
    for (let account = fetch(getpwent_r); account !== undefined; account = fetch(getpwent_r)) accounts.push(account);
  } finally {
    endpwent();
  }
  return accounts;
}
