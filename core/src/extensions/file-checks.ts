import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';

/** One thing that has to be so before a file is trusted. */
export interface FileCheck {
  /** The file or directory that is looked at. */
  readonly path: string;
  /** What is looked at, in a few words. */
  readonly what: string;
  readonly found: string;
  readonly wanted: string;
  readonly passed: boolean;
  /** What is wrong when it is not so, as the end of a sentence. */
  readonly fault: string;
  /** A shell command that mends it. */
  readonly repair: string;
}

/** The bit of a mode by which everybody may write. */
export const worldWritable = 0o002;

/** A path as one word of a shell. */
export const quote = (path: string): string => `'${path.replaceAll("'", `'\\''`)}'`;

/** The permission bits of a mode as chmod takes them. */
export const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');

const userList = (uid: number): string => (uid === 0 ? 'root (0)' : `root (0) or the agent's user (${uid})`);

/** Whether a file is root's or this user's, and not everybody may write it. */
export const ownershipChecks = (path: string, { uid, mode }: Stats, ownUid: number): FileCheck[] => [
  {
    path,
    what: 'owner',
    found: String(uid),
    wanted: userList(ownUid),
    passed: uid === 0 || uid === ownUid,
    fault: `its owner is the user ${uid}`,
    repair: `chown ${ownUid} ${quote(path)}`,
  },
  {
    path,
    what: 'mode',
    found: octal(mode),
    wanted: 'not writable by everybody',
    passed: (mode & worldWritable) === 0,
    fault: 'everybody may write it',
    repair: `chmod o-w ${quote(path)}`,
  },
];

const withOpened = <T>(path: string, use: (descriptor: number) => T): T => {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

/** What an open descriptor says about a file: facts that belong together, whatever happens to the name. */
export const statOpened = (path: string): Stats => withOpened(path, descriptor => fstatSync(descriptor));

/**
 * Reads a file that only root or a user may write; what is checked and what is read are the same open file.
 * @param ownUid undefined for any owner and mode
 * @throws Error that says what is wrong, with the command that mends it; what the file system says
 */
export const readTrusted = (path: string, ownUid: number | undefined): string =>
  withOpened(path, descriptor => {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new Error('it is not a regular file');
    const faults = ownUid === undefined ? [] : ownershipChecks(path, stat, ownUid).filter(({ passed }) => !passed);
    if (faults.length > 0)
      throw new Error(faults.map(({ fault, repair }) => `${fault} (repair: ${repair})`).join('; '));
    return readFileSync(descriptor, 'utf8');
  });
