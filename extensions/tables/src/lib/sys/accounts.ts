import type { Account } from '../passwd.ts';
import { libc } from './libc.ts';

/** `struct passwd` of a 64-bit Linux, glibc and musl alike: two pointers, uid, gid, three pointers. */
const layout = { size: 48, name: 0, uid: 16, gid: 20, description: 24, directory: 32, shell: 40 } as const;
const outOfRange = 34;
const firstBufferBytes = 65_536;
const largestBufferBytes = 64 << 20;

/** One of the getpw*_r functions with its key bound: fills a struct and a buffer of strings, returns an errno. */
type Fill = (entry: Buffer, strings: Buffer, length: number, result: [unknown]) => number;

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
    const rest = 'void *entry, void *strings, size_t length, _Out_ void **result';
    bound = {
      setpwent: library.func('void setpwent()'),
      endpwent: library.func('void endpwent()'),
      getpwent_r: library.func(`int getpwent_r(${rest})`),
      getpwuid_r: library.func(`int getpwuid_r(uint32_t uid, ${rest})`),
      getpwnam_r: library.func(`int getpwnam_r(const char *name, ${rest})`),
    };
  }
  return bound;
}

/** Reused by every call, since a directory may hold a hundred thousand accounts. */
const entry = Buffer.alloc(layout.size);
let strings = Buffer.alloc(0);

function readAccount(): Account {
  // The pointers of the struct point into our own buffer, so they are offsets in it.
  const start = BigInt(libc().koffi.address(strings));
  const stringAt = (field: number): string => {
    const pointer = entry.readBigUInt64LE(field);
    if (pointer === 0n) return '';
    const offset = Number(pointer - start);
    return strings.toString('utf8', offset, strings.indexOf(0, offset));
  };
  return {
    name: stringAt(layout.name),
    uid: entry.readUInt32LE(layout.uid),
    gid: entry.readUInt32LE(layout.gid),
    description: stringAt(layout.description),
    directory: stringAt(layout.directory),
    shell: stringAt(layout.shell),
  };
}

/** Calls `fill` with ever larger buffers until the entry fits. Undefined when there is no entry. */
function fetch(fill: Fill): Account | undefined {
  for (let bytes = Math.max(strings.length, firstBufferBytes); bytes <= largestBufferBytes; bytes *= 4) {
    if (bytes > strings.length) strings = Buffer.alloc(bytes);
    const result: [unknown] = [null];
    const code = fill(entry, strings, bytes, result);
    if (code === outOfRange) continue;
    return code === 0 && result[0] !== null ? readAccount() : undefined;
  }
  return undefined;
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
