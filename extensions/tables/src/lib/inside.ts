import type { FileView } from '@outpost/sdk';

/** As many symbolic links as Linux follows in one path (path_resolution(7)). */
const maxLinks = 40;

const partsOf = (path: string): string[] => path.split('/').filter(part => part !== '' && part !== '.');

/**
 * Where `path` lies when `/` is `root`: links and `..` on the way never lead out of it, as with openat2(2) and RESOLVE_IN_ROOT.
 * Undefined when there are too many links.
 */
export function pathInside(files: FileView, root: string, path: string, followLast: boolean): string | undefined {
  const reached: string[] = [];
  const ahead = partsOf(path).reverse();
  let links = 0;
  for (let part = ahead.pop(); part !== undefined; part = ahead.pop()) {
    if (part === '..') {
      reached.pop();
      continue;
    }
    const last = ahead.length === 0;
    const target = last && !followLast ? undefined : files.readlink([root, ...reached, part].join('/'));
    if (target === undefined) {
      reached.push(part);
      continue;
    }
    links += 1;
    if (links > maxLinks) return undefined;
    if (target.startsWith('/')) reached.length = 0;
    ahead.push(...partsOf(target).reverse());
  }
  return [root, ...reached].join('/');
}
