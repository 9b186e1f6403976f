import { defineTable, type FileView, integer, text } from '@outpost/sdk';
import { type GlobHost, resolvePattern } from '../lib/glob.ts';
import { Losses } from '../lib/losses.ts';
import { namespaceColumns, placesOf } from '../lib/namespace.ts';
import { nodePackagesIn, packageFacts, systemNodeRoots, userNodeRoots } from '../lib/node-modules.ts';
import { readJson } from '../lib/read-json.ts';

/** How deep packages in packages are looked for, unless the query says. */
const defaultMaxDepth = 100;

/** The directories for the whole machine, and those in homes. A home that may not be looked into is counted, once. */
function globalRoots(context: GlobHost, files: FileView, losses: Losses): ReadonlySet<string> {
  const host: GlobHost = { files, aborted: context.aborted, warn: message => context.warn(message) };
  const folders = (pattern: string): string[] => resolvePattern(host, pattern, { kinds: 'folders' });
  const homes = ['/root', '/home/%'].flatMap(folders).filter(home => losses.attempt(home, () => files.readdir(home)));
  const patterns = [...systemNodeRoots, ...homes.flatMap(home => userNodeRoots.map(root => home + root))];
  return new Set(patterns.flatMap(folders).map(root => root.replace(/\/$/, '')));
}

/** Packages of Node.js. */
export const npmPackages = defineTable({
  name: 'npm_packages',
  description: 'Node.js packages found in global and given node_modules trees.',
  platforms: ['linux', 'macos', 'windows'],
  examples: [
    'select name, version, path from npm_packages where max_depth = 0',
    "select name, version, depth from npm_packages where directory = '/srv/app' and name = 'lodash'",
  ],
  columns: {
    name: text('Name of the package'),
    version: text('Version', { collate: 'version' }),
    description: text('What it is, in a line'),
    author: text('Who wrote it'),
    license: text('Licence, or where it is'),
    homepage: text('Its page'),
    path: text('Its package.json'),
    directory: text('Directory with the node_modules it was found in; one to look in instead of the usual places', {
      index: true,
      optimized: true,
    }),
    depth: integer('How many packages it is in'),
    max_depth: integer('How deep to look for packages in packages; 100 unless the query says, without end when -1', {
      additional: true,
      hidden: true,
    }),
    ...namespaceColumns,
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    const depths = context.equals('max_depth') ?? [defaultMaxDepth];
    for (const { files, pid, namespaceId } of placesOf(context)) {
      const place = { pid_with_namespace: pid, mount_namespace_id: namespaceId };
      for (const directory of context.equals('directory') ?? globalRoots(context, files, losses))
        for (const max_depth of depths)
          for (const { path, depth } of nodePackagesIn(files, directory, max_depth)) {
            if (context.aborted) return;
            yield { ...packageFacts(readJson(files, path, losses)), path, directory, depth, max_depth, ...place };
          }
    }
    losses.report(context);
  },
});
