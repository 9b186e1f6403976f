/**
 * Path patterns, as osquery expands them on disk.
 *
 * `%` is `*` and `%%` is `**`; `*`, `?`, `[…]`, `{a,b}` and `~` mean what glob(3) says. `**` at the very end stands for everything
 * below, elsewhere it is `*`. `_` is no wildcard here. Directories come with a trailing slash. Rows that a table makes from these
 * paths still go through SQLite's own LIKE, which knows `%` and `_` only, and ignores case.
 */
import type { FileView } from '@outpost/sdk';
import { expandPattern } from './glob/expand.ts';
import { type GlobHost, isDirectory, sortBytewise } from './glob/host.ts';
import { expandTilde } from './glob/tilde.ts';
import { Walk } from './glob/walk.ts';
import { Losses } from './losses.ts';
import { quietly } from './quietly.ts';

export type { GlobHost } from './glob/host.ts';

/** How {@link resolvePattern} expands. */
export interface PatternOptions {
  /** Resolve symbolic links before the first wildcard; the default. Otherwise that text stays as it is written. */
  readonly canonical?: boolean;
  /** What to find; everything by default. */
  readonly kinds?: 'all' | 'files' | 'folders';
}

/** A relative pattern of up to three characters stays as it is, and finds nothing. */
const longestBare = 3;

function anchored(pattern: string): string | undefined {
  if (pattern.startsWith('/')) return pattern;
  if (pattern !== '' && pattern.length <= longestBare) return undefined;
  return `${process.cwd().replace(/\/$/, '')}/${pattern}`;
}

/** Resolves the links in the text before the first `*`. */
function canonicalised(files: FileView, pattern: string): string {
  const wildcard = pattern.indexOf('*');
  const base = wildcard < 0 ? pattern : pattern.slice(0, wildcard);
  // The dot of `/.*` is the beginning of names, not the directory itself.
  if (wildcard >= 0 && /\/\.{1,2}$/.test(base)) return pattern;
  const real = quietly(() => files.realpath(base));
  if (real === undefined || real === base) return pattern;
  const slash = isDirectory(files, real) && !real.endsWith('/') ? '/' : '';
  return real + slash + pattern.slice(base.length);
}

const wanted = {
  all: () => true,
  files: (path: string) => !path.endsWith('/'),
  folders: (path: string) => path.endsWith('/'),
};

/** The paths a pattern stands for, each once, in the order of their bytes. */
export function resolvePattern(host: GlobHost, pattern: string, options: PatternOptions = {}): string[] {
  const starred = anchored(expandTilde(host.files, pattern.replaceAll('%', '*')));
  if (starred === undefined) return [];
  const full = options.canonical === false ? starred : canonicalised(host.files, starred);
  const losses = new Losses(`cannot be read; the pattern ${pattern} passed over it`);
  const first = expandPattern(host, losses, full);
  const found = new Set(first);
  if (full.endsWith('**')) {
    const walk = new Walk(host, losses, path => found.add(path));
    for (const path of first) if (path.endsWith('/')) walk.descend(path);
  }
  losses.report(host);
  return sortBytewise([...found].filter(wanted[options.kinds ?? 'all']));
}
