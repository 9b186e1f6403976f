import { defineTable, type FileView, text } from '@outpost/sdk';
import { cachePrefix, parseRelease, placeOfSource } from '../lib/apt/release.ts';
import { type AptSource, parseSourceLines, parseSourceStanzas } from '../lib/apt/sources.ts';
import { Losses } from '../lib/losses.ts';
import { pidWithNamespace, placesOf } from '../lib/namespace.ts';
import { plainFiles } from '../lib/plain-files.ts';

const lists = '/var/lib/apt/lists';

/** The files that name sources, and how each is read. Of a directory, apt reads the files that end in `.list` and `.sources`. */
function sourceFiles(files: FileView, losses: Losses): [string, (content: string) => Iterable<AptSource>][] {
  const parts = plainFiles(files, '/etc/apt/sources.list.d/', losses);
  const ending = (suffix: string): string[] => parts.filter(path => path.endsWith(suffix));
  return [
    ...['/etc/apt/sources.list', ...ending('.list')].map((path): [string, typeof parseSourceLines] => [
      path,
      parseSourceLines,
    ]),
    ...ending('.sources').map((path): [string, typeof parseSourceStanzas] => [path, parseSourceStanzas]),
  ];
}

/** The rows of one machine's files. */
function* rowsIn(files: FileView, losses: Losses) {
  const cached = (losses.attempt(lists, () => files.readdir(lists)) ?? [])
    .filter(name => name.endsWith('Release'))
    .sort();
  for (const [source, parse] of sourceFiles(files, losses)) {
    const content = losses.attempt(source, () => files.readTextIfPresent(source)) ?? '';
    for (const found of parse(content)) {
      const prefix = cachePrefix(found);
      const name = cached.find(file => file === `${prefix}InRelease` || file === `${prefix}Release`);
      if (name === undefined) continue;
      const path = `${lists}/${name}`;
      const release = losses.attempt(path, () => parseRelease(files.readText(path)));
      if (release === undefined) continue;
      yield { name: `${placeOfSource(found)} ${found.suite}`, source, base_uri: found.uri, ...release };
    }
  }
}

/** Where apt gets packages from. */
export const aptSources = defineTable({
  name: 'apt_sources',
  description: 'Enabled APT binary repositories whose Release file is cached locally.',
  platforms: ['linux'],
  examples: [
    'select name, release, components from apt_sources',
    "select name, source from apt_sources where base_uri not like 'https:%'",
  ],
  columns: {
    name: text('Host and path of the repository, and its suite'),
    source: text('File that names it'),
    base_uri: text('URI of the repository'),
    release: text('Code name of the release'),
    version: text('Version of the release', { collate: 'version_dpkg' }),
    maintainer: text('Who publishes it'),
    components: text('Components, separated by spaces'),
    architectures: text('Architectures, separated by spaces'),
    ...pidWithNamespace,
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    for (const { files, pid } of placesOf(context))
      for (const row of rowsIn(files, losses)) yield { ...row, pid_with_namespace: pid };
    losses.report(context);
  },
});
