import { defineTable, type FileView, text } from '@outpost/sdk';
import { type Ini, parseIni } from '../lib/ini.ts';
import { Losses } from '../lib/losses.ts';
import { pidWithNamespace, placesOf } from '../lib/namespace.ts';
import { plainFiles } from '../lib/plain-files.ts';

/** yum's file, which dnf has as a link to its own. */
const configuration = '/etc/yum.conf';
const defaultDirectory = '/etc/yum.repos.d';
/** The section that is about yum itself. */
const main = 'main';

const rowsOf = (source: string, ini: Ini) =>
  [...ini]
    .filter(([section]) => section !== main)
    .map(([, options]) => {
      const option = (name: string): string => options.get(name) ?? '';
      return {
        name: option('name'),
        source,
        baseurl: option('baseurl'),
        mirrorlist: option('mirrorlist'),
        metalink: option('metalink'),
        enabled: option('enabled'),
        gpgcheck: option('gpgcheck'),
        gpgkey: option('gpgkey'),
      };
    });

/** The rows of one machine's files: repositories may stand in yum's own file, and in each file of a directory. */
function* rowsIn(files: FileView, losses: Losses) {
  const read = (path: string): Ini => parseIni(losses.attempt(path, () => files.readTextIfPresent(path)) ?? '');
  const own = read(configuration);
  yield* rowsOf(configuration, own);
  const directory = own.get(main)?.get('reposdir') || defaultDirectory;
  if (!directory.startsWith('/')) return;
  const found = plainFiles(files, directory.endsWith('/') ? directory : `${directory}/`, losses);
  for (const path of found) if (path.endsWith('.repo')) yield* rowsOf(path, read(path));
}

/** Where yum and dnf get packages from. */
export const yumSources = defineTable({
  name: 'yum_sources',
  description: 'Configured YUM/DNF repositories.',
  platforms: ['linux'],
  examples: [
    "select name, source from yum_sources where enabled = '1' and gpgcheck = '0'",
    "select name, coalesce(nullif(baseurl, ''), nullif(metalink, ''), mirrorlist) as place from yum_sources",
  ],
  columns: {
    name: text('Name of the repository'),
    source: text('File that names it'),
    baseurl: text('URL of the repository'),
    mirrorlist: text('URL of a list of mirrors'),
    metalink: text('URL of a metalink file'),
    enabled: text('Whether it is used, as it is written'),
    gpgcheck: text('Whether signatures are checked, as it is written'),
    gpgkey: text('URL of the key'),
    ...pidWithNamespace,
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    for (const { files, pid } of placesOf(context))
      for (const row of rowsIn(files, losses)) yield { ...row, pid_with_namespace: pid };
    losses.report(context);
  },
});
