import { realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import { type Command, scriptCommand } from '../runtime/programs.ts';
import { type FileCheck, octal, ownershipChecks, quote, statOpened, worldWritable } from './file-checks.ts';

/** A program that is an extension, and how it is started; the arguments that every extension gets come after its own. */
export interface ExtensionProgram extends Omit<Command, 'argv0'> {
  /** What the log calls it: the name of its file without suffix. */
  readonly name: string;
  readonly path: string;
  /** What tells the file from another that takes its place under its name; '' where nobody looked. */
  readonly revision: string;
}

/** One thing that has to be so before a program is started. */
export interface ProgramCheck extends FileCheck {
  /** The program that is to be started. */
  readonly program: string;
}

const scripts = new Set(['.ts', '.js', '.mjs']);
const ownerExecutable = 0o100;
const sticky = 0o1000;
const safeFolder = '/usr/local/lib/outpost/extensions';

/** Whether the agent's own Node.js runs the file. */
export const isScript = (path: string): boolean => scripts.has(extname(path));

/** The file behind a path, and when its content last changed. */
const revisionOf = (path: string): string => {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? '' : [stat.dev, stat.ino, stat.size, stat.mtimeMs].join();
};

/** How a file is started: a script by the running Node.js, anything else as it is. */
export function programOf(path: string): ExtensionProgram {
  const name = basename(path, extname(path));
  const program = isScript(path) ? scriptCommand(path) : { command: path, args: [] };
  return { name, path, ...program, revision: revisionOf(path) };
}

function fileChecks(path: string, stat: Stats, ownUid: number): FileCheck[] {
  const { mode } = stat;
  return [
    ...ownershipChecks(path, stat, ownUid),
    {
      path,
      what: isScript(path) ? 'runs' : 'executable',
      found: isScript(path) ? "by the agent's Node.js" : octal(mode),
      wanted: isScript(path) ? 'a script, or executable' : 'executable by its owner',
      passed: isScript(path) || (mode & ownerExecutable) !== 0,
      fault: 'its owner may not execute it',
      repair: `chmod u+x ${quote(path)}`,
    },
  ];
}

function folderChecks(path: string): FileCheck[] {
  const folder = dirname(path);
  const { mode } = statSync(folder);
  const move = `install -D -m 0755 ${quote(path)} ${quote(`${safeFolder}/${basename(path)}`)}`;
  const isSticky = (mode & sticky) !== 0;
  return [
    {
      path: folder,
      what: 'sticky bit',
      found: octal(mode),
      wanted: 'none: everybody may put files there',
      passed: !isSticky,
      fault: `its directory ${folder} has the sticky bit`,
      repair: move,
    },
    {
      path: folder,
      what: 'mode',
      found: octal(mode),
      wanted: 'not writable by everybody',
      passed: isSticky || (mode & worldWritable) === 0,
      fault: `everybody may write its directory ${folder}`,
      repair: `chmod o-w ${quote(folder)}`,
    },
  ];
}

/** Limits of what may be started. */
export interface SafetyOptions {
  /** `--allow_unsafe`: owners and modes do not matter. */
  readonly allowUnsafe: boolean;
  /** The user who may own programs beside root; this process's, when left out. */
  readonly uid?: number;
}

const kindCheck = (path: string, stat: Stats): FileCheck => ({
  path,
  what: 'kind',
  found: stat.isFile() ? 'a regular file' : stat.isDirectory() ? 'a directory' : 'neither a file nor a directory',
  wanted: 'a regular file',
  passed: stat.isFile(),
  fault: 'it is not a regular file',
  repair: `ls -ld ${quote(path)}`,
});

function checksOf(path: string, { allowUnsafe, uid = process.geteuid?.() ?? 0 }: SafetyOptions): FileCheck[] {
  const stat = statOpened(path);
  const kind = kindCheck(path, stat);
  if (!kind.passed || allowUnsafe) return [kind];
  const real = realpathSync(path);
  const linked = dirname(real) === dirname(path) ? [] : folderChecks(real);
  return [kind, ...fileChecks(path, stat, uid), ...folderChecks(path), ...linked];
}

/**
 * Looks at everything that a program must satisfy to be started: a regular file of root or of this user, not writable by everybody,
 * executable by its owner (a script need not be), in a directory that is neither sticky nor writable by everybody. A link must
 * satisfy this at both ends. All facts about the file come from one open descriptor; between this look and the start only those who
 * may write its directory can exchange it, and they are whom the directory's checks let in.
 *
 * @returns all checks, those that passed too
 */
export function inspectProgram(path: string, options: SafetyOptions): ProgramCheck[] {
  try {
    return checksOf(path, options).map(check => ({ program: path, ...check }));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const absent = code === 'ENOENT';
    const fault = absent ? "extension doesn't exist" : `it cannot be opened: ${message}`;
    const found = absent ? 'nothing' : message;
    const wanted = 'a regular file that this user may read';
    const check = { path, what: 'kind', found, wanted, passed: false, fault, repair: `ls -ld ${quote(path)}` };
    return [{ program: path, ...check }];
  }
}

/** All that keeps a program from being started. */
export const checkProgram = (path: string, options: SafetyOptions): ProgramCheck[] =>
  inspectProgram(path, options).filter(({ passed }) => !passed);
