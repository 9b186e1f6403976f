import { closeSync, constants, fstatSync, openSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';

/** A program that is an extension, and how it is started. */
export interface ExtensionProgram {
  /** What the log calls it: the name of its file without suffix. */
  readonly name: string;
  readonly path: string;
  readonly command: string;
  /** Arguments before those that every extension gets. */
  readonly args: readonly string[];
}

/** A program that is not started, and why. */
export interface ProgramFault {
  readonly path: string;
  readonly fault: string;
  /** A shell command that mends it. */
  readonly repair: string;
}

const scripts = new Set(['.ts', '.js', '.mjs']);
const worldWritable = 0o002;
const ownerExecutable = 0o100;
const sticky = 0o1000;
const safeFolder = '/usr/local/lib/outpost/extensions';

const quote = (path: string): string => `'${path.replaceAll("'", `'\\''`)}'`;

/** Whether the agent's own Node.js runs the file. */
export const isScript = (path: string): boolean => scripts.has(extname(path));

/** How a file is started: a script by the running Node.js, anything else as it is. */
export function programOf(path: string): ExtensionProgram {
  const name = basename(path, extname(path));
  return isScript(path)
    ? { name, path, command: process.execPath, args: [path] }
    : { name, path, command: path, args: [] };
}

/** What the open descriptor, which nobody can exchange, says about a file. */
function statOf(path: string): Stats {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return fstatSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function fileFaults(path: string, { uid, mode }: Stats, ownUid: number): ProgramFault[] {
  const found: ProgramFault[] = [];
  const file = quote(path);
  if (uid !== 0 && uid !== ownUid)
    found.push({ path, fault: `its owner is the user ${uid}`, repair: `chown ${ownUid} ${file}` });
  if ((mode & worldWritable) !== 0) found.push({ path, fault: 'everybody may write it', repair: `chmod o-w ${file}` });
  if (!isScript(path) && (mode & ownerExecutable) === 0)
    found.push({ path, fault: 'its owner may not execute it', repair: `chmod u+x ${file}` });
  return found;
}

function folderFaults(path: string): ProgramFault[] {
  const folder = dirname(path);
  const { mode } = statSync(folder);
  const repair = `install -D -m 0755 ${quote(path)} ${quote(`${safeFolder}/${basename(path)}`)}`;
  if ((mode & sticky) !== 0) return [{ path, fault: `its directory ${folder} has the sticky bit`, repair }];
  if ((mode & worldWritable) === 0) return [];
  return [{ path, fault: `everybody may write its directory ${folder}`, repair: `chmod o-w ${quote(folder)}` }];
}

/** Limits of what may be started. */
export interface SafetyOptions {
  /** `--allow_unsafe`: owners and modes do not matter. */
  readonly allowUnsafe: boolean;
  /** The user who may own programs beside root; this process's, when left out. */
  readonly uid?: number;
}

function faultsOf(path: string, { allowUnsafe, uid = process.geteuid?.() ?? 0 }: SafetyOptions): ProgramFault[] {
  const stat = statOf(path);
  if (!stat.isFile()) return [{ path, fault: 'it is not a regular file', repair: `ls -ld ${quote(path)}` }];
  if (allowUnsafe) return [];
  const real = realpathSync(path);
  const linked = dirname(real) === dirname(path) ? [] : folderFaults(real);
  return [...fileFaults(path, stat, uid), ...folderFaults(path), ...linked];
}

/**
 * Whether a program may be started: a regular file of root or of this user, not writable by everybody, executable by its owner
 * (a script need not be), in a directory that is neither sticky nor writable by everybody. A link must satisfy this at both ends.
 *
 * @returns all that is wrong with it
 */
export function checkProgram(path: string, options: SafetyOptions): ProgramFault[] {
  try {
    return faultsOf(path, options);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const fault = code === 'ENOENT' ? "extension doesn't exist" : `it cannot be opened: ${message}`;
    return [{ path, fault, repair: `ls -ld ${quote(path)}` }];
  }
}
