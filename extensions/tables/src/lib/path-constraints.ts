import type { Constraint, FileView } from '@outpost/sdk';
import type { GlobHost } from './glob/host.ts';
import { resolvePattern } from './glob.ts';
import { Losses } from './losses.ts';
import { parentOf } from './paths.ts';

/** What {@link selectedPaths} asks of a query's context. */
interface PathQuery extends GlobHost {
  equals(column: 'path' | 'directory'): readonly string[] | undefined;
  like(column: 'path' | 'directory'): readonly string[];
  readonly constraints: readonly Constraint[];
}

/**
 * A pattern of SQLite's GLOB as one of ours, which finds no less: braces and backslashes, which mean themselves there, are any character
 * here, and a `%` is a `*`. As with LIKE, a `*` goes no deeper than one directory, but for a `**` at the end.
 */
const globPattern = (pattern: string): string =>
  pattern.replace(/\[\^?\]?[^\]]*\]|[{}\\]/g, part => (/[{}\\]/.test(part) ? '?' : part));

/** The patterns that LIKE and GLOB put on a column. */
const patternsOf = (context: PathQuery, column: 'path' | 'directory'): string[] => [
  ...context.like(column),
  ...context.constraints
    .filter(constraint => constraint.column === column && constraint.op === 'glob')
    .flatMap(({ values }) => values.map(value => globPattern(String(value)))),
];

/** A path that a query asks about, and the directory it was asked by. */
export interface SelectedPath {
  readonly path: string;
  readonly directory: string;
}

/**
 * The paths that the constraints on `path` and `directory` select: of `path`, those given and those a LIKE or GLOB pattern finds; of
 * `directory`, everything one level below, hidden files too. A path that several of them select comes once.
 */
export function* selectedPaths(context: PathQuery, files: FileView): Generator<SelectedPath> {
  const host: GlobHost = {
    files,
    get aborted() {
      return context.aborted;
    },
    warn: message => context.warn(message),
  };
  const paths = new Set(context.equals('path'));
  for (const pattern of patternsOf(context, 'path'))
    for (const path of resolvePattern(host, pattern, { canonical: false })) paths.add(path);
  for (const path of paths) yield { path, directory: parentOf(path) };
  const directories = new Set(context.equals('directory'));
  for (const pattern of patternsOf(context, 'directory'))
    for (const path of resolvePattern(host, pattern, { canonical: false, kinds: 'folders' })) directories.add(path);
  const losses = new Losses('cannot be read');
  for (const directory of directories) {
    if (!directory.startsWith('/')) continue;
    for (const name of losses.attempt(directory, () => files.readdir(directory)) ?? []) {
      const path = directory.endsWith('/') ? directory + name : `${directory}/${name}`;
      if (!paths.has(path) || parentOf(path) !== directory) yield { path, directory };
    }
  }
  losses.report(context);
}
