import { bigint, defineTable, type FileView, text } from '@outpost/sdk';
import { type GlobHost, resolvePattern } from '../lib/glob.ts';
import { Losses } from '../lib/losses.ts';
import { pidWithNamespace, placesOf } from '../lib/namespace.ts';
import { parsePythonMetadata } from '../lib/python-metadata.ts';
import { systemSites, userSites } from '../lib/python-sites.ts';
import { quietly } from '../lib/quietly.ts';
import { homePath, usersOf } from '../lib/user-context.ts';

/** The installed distributions of a site directory: the file with the metadata of each, and what is to be shown as its place. */
function* distributionsIn(files: FileView, site: string): Generator<readonly [path: string, metadata: string]> {
  for (const name of (quietly(() => files.readdir(site)) ?? []).sort()) {
    const path = `${site}/${name}`;
    if (name.endsWith('.dist-info')) yield [path, `${path}/METADATA`];
    else if (name.endsWith('.egg-info'))
      // Debian and distutils write one file, setuptools a directory.
      yield [path, quietly(() => files.stat(path))?.isFile() === true ? path : `${path}/PKG-INFO`];
  }
}

function* packagesIn(files: FileView, directory: string, uid: number, losses: Losses) {
  const site = directory.replace(/\/+$/, '');
  for (const [path, metadata] of distributionsIn(files, site)) {
    const content = losses.attempt(metadata, () => files.readTextIfPresent(metadata));
    if (content !== undefined) yield { ...parsePythonMetadata(content), uid, path, directory };
  }
}

/** The site directories a query is about, and whose they are: those it names, or those of the machine and of users. */
function sitesOf(
  context: Parameters<typeof usersOf>[0] & GlobHost,
  files: FileView,
  named: readonly string[] | undefined,
): ReadonlyMap<string, number> {
  if (named !== undefined) return new Map(named.filter(path => path.startsWith('/')).map(path => [path, 0]));
  const host: GlobHost = { files, aborted: context.aborted, warn: message => context.warn(message) };
  const expand = (pattern: string): string[] => resolvePattern(host, pattern, { kinds: 'folders' });
  const places = new Map(systemSites.flatMap(expand).map(site => [site, 0]));
  for (const user of usersOf(context, 'python_packages', files))
    for (const pattern of userSites.flatMap(site => homePath(user, site) ?? []))
      for (const site of expand(pattern)) places.set(site, user.uid);
  return places;
}

/** Packages of Python, installed by pip and its like. */
export const pythonPackages = defineTable({
  name: 'python_packages',
  description: 'Python distributions in system and per-user site directories.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { userBased: true },
  examples: [
    "select name, version from python_packages where name like 'requests%'",
    'select u.username, p.name, p.version, p.path from users u join python_packages p using (uid)',
    "select name, version from python_packages where directory = '/srv/app/venv/lib/python3.12/site-packages'",
  ],
  columns: {
    name: text('Name of the distribution'),
    uid: bigint('Whose it is; 0 for those of the machine', { index: true }),
    version: text('Version', { collate: 'version' }),
    summary: text('What it is, in a line'),
    author: text('Who wrote it'),
    license: text('Licence, in a line'),
    path: text('Where its metadata are'),
    directory: text('Site directory; one to look in instead of the usual places', { index: true, optimized: true }),
    ...pidWithNamespace,
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    for (const { files, pid } of placesOf(context))
      for (const [directory, uid] of sitesOf(context, files, context.equals('directory'))) {
        if (context.aborted) return;
        for (const row of packagesIn(files, directory, uid, losses)) yield { ...row, pid_with_namespace: pid };
      }
    losses.report(context);
  },
});
