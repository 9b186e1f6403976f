import { type Constraint, defineTable, type FileView, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { Augeas, filesNode } from '../lib/sys/augeas.ts';

/** Letters that mean something in an expression (augeas(7)), but for the slash. */
const special = /[\\[\]()=!,'"|*\s]/g;
const literal = (path: string): string => path.replace(special, letter => `\\${letter}`);
/** Everything below the last step of a pattern of LIKE before its first wildcard: an expression has wildcards for whole steps only. */
function belowPattern(like: string): string {
  const wildcard = like.search(/[%_]/);
  return wildcard < 0 ? literal(like) : `${literal(like.slice(0, like.lastIndexOf('/', wildcard)))}//*`;
}
/** A file itself, and everything in it. */
const below = (path: string): string[] => [`${filesNode}${path}`, `${filesNode}${path}//*`];

/** What {@link wanted} asks of a query's context. */
interface NodeQuery {
  equals(column: 'node' | 'path'): readonly string[] | undefined;
  like(column: 'node' | 'path'): readonly string[];
  readonly constraints: readonly Constraint[];
}

/** The expressions a query is about, and the files it names, where it names nothing else. */
function wanted(context: NodeQuery): { readonly expressions: readonly string[]; readonly paths?: readonly string[] } {
  const named = context.equals('path')?.filter(path => path.startsWith('/')) ?? [];
  const others = [
    ...(context.equals('node') ?? []),
    ...context.like('node').map(belowPattern),
    ...context.like('path').map(like => belowPattern(`${filesNode}${like}`)),
  ];
  if (others.length > 0) return { expressions: [...others, ...named.flatMap(path => below(literal(path)))] };
  if (context.equals('path') !== undefined)
    return { expressions: named.flatMap(path => below(literal(path))), paths: named };
  return { expressions: [`${filesNode}//*`] };
}

const directoriesIn = (files: FileView, setting: string | undefined): string =>
  setting?.startsWith('/') && files.exists(setting) ? setting : '';

/** What configuration files say, line by line and part by part. */
export const augeas = defineTable({
  name: 'augeas',
  aliases: ['configurations'],
  description: 'Nodes of configuration files as parsed by the augeas lenses.',
  platforms: ['linux', 'macos'],
  examples: [
    "select label, value from augeas where path = '/etc/hosts'",
    "select node, value from augeas where node = '/files/etc/ssh/sshd_config/PermitRootLogin'",
  ],
  columns: {
    node: text('Path of the node in the tree of augeas', { index: true }),
    value: text('Value of the node'),
    label: text('Last part of its path'),
    path: text('The file', { additional: true }),
  },
  *generate(context) {
    const { files } = context;
    const losses = new Losses('cannot be read by augeas');
    const opened = losses.attempt(
      'libaugeas.so.0',
      () => new Augeas(files.root, directoriesIn(files, context.setting('augeas_lenses'))),
    );
    if (opened !== undefined) {
      using tree = opened;
      const { expressions, paths } = wanted(context);
      if (paths === undefined) tree.loadAll();
      for (const path of paths ?? []) losses.attempt(path, () => tree.loadFile(path));
      // Together, so that a node which several stand for comes once.
      const all = expressions.join('|');
      yield* losses.attempt(all, () => (all === '' ? [] : [...tree.nodes(all)])) ?? [];
    }
    losses.report(context);
  },
});
