import fs from 'node:fs';
import { join } from 'node:path/posix';

/** As many symbolic links as Linux follows in one path (path_resolution(7)). */
const maxLinks = 40;

function failure(code: string, path: string, text: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${code}: ${text}, '${path}'`);
  error.code = code;
  error.path = path;
  return error;
}

/** `fs.statSync` or `fs.lstatSync`; undefined where nothing is, also below what is no directory. */
export function statOrAbsent(stat: typeof fs.lstatSync, path: string): fs.Stats | undefined {
  try {
    return stat(path, { throwIfNoEntry: false });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

const components = (path: string): string[] => path.split('/').filter(part => part !== '' && part !== '.');

/** Walks `path` below `root`; the components reached, and whether something is there. */
function walk(root: string, path: string, followLast: boolean): { parts: string[]; present: boolean } {
  const parts: string[] = [];
  const ahead = components(path).reverse();
  let links = 0;
  for (let part = ahead.pop(); part !== undefined; part = ahead.pop()) {
    if (part === '..') {
      parts.pop();
      continue;
    }
    const here = join(root, ...parts, part);
    const found = statOrAbsent(fs.lstatSync, here);
    if (found === undefined) return { parts: [...parts, part, ...ahead.filter(rest => rest !== '..')], present: false };
    if (!found.isSymbolicLink() || (ahead.length === 0 && !followLast)) {
      parts.push(part);
      continue;
    }
    links += 1;
    if (links > maxLinks) throw failure('ELOOP', path, 'too many symbolic links encountered');
    const target = fs.readlinkSync(here);
    if (target.startsWith('/')) parts.length = 0;
    ahead.push(...components(target).reverse());
  }
  return { parts, present: true };
}

/**
 * Where the machine's `path` lies on this one, when the machine's `/` is `root`: never outside the root, whatever `..` and
 * symbolic links say (as openat2(2) does with RESOLVE_IN_ROOT). The last component may be absent.
 *
 * The answer holds as long as nobody changes the links meanwhile.
 */
export function insideRoot(root: string, path: string, followLast: boolean): string {
  const { parts } = walk(root, path, followLast);
  return join(root, ...parts);
}

/** The machine's path without symbolic links; undefined when nothing is there. */
export function virtualRealpath(root: string, path: string): string | undefined {
  const { parts, present } = walk(root, path, true);
  return present ? `/${parts.join('/')}` : undefined;
}
