import { bigint, defineTable, type FileView, integer, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { installedPackages, linesOfWords, parseAtom } from '../lib/portage.ts';

/** What somebody asked for, not what came along. */
const world = '/var/lib/portage/world';

/** The content of a file of the database, and the number it holds. */
function reader(files: FileView, directory: string, losses: Losses) {
  const content = (name: string): string =>
    (losses.attempt(`${directory}/${name}`, () => files.readTextIfPresent(`${directory}/${name}`)) ?? '').trim();
  const number = (name: string): number | undefined => {
    const written = content(name);
    return /^\d{1,15}$/.test(written) ? Number(written) : undefined;
  };
  return { content, number };
}

/** Packages of Gentoo. */
export const portagePackages = defineTable({
  name: 'portage_packages',
  description: 'Installed Gentoo packages.',
  platforms: ['linux'],
  examples: ['select package, version, size from portage_packages where world = 1 order by size desc'],
  columns: {
    package: text('Category and name'),
    version: text('Version', { collate: 'version' }),
    slot: text('Slot the version is installed in'),
    build_time: bigint('When it was built, in seconds since 1970'),
    repository: text('Repository it came from'),
    eapi: bigint('Version of the format of its ebuild'),
    size: bigint('Installed size in bytes'),
    world: integer('1 when somebody asked for it, 0 when it came along'),
  },
  *generate(context) {
    const { files } = context;
    const losses = new Losses('cannot be read');
    const wanted = new Set([...linesOfWords(files, world, losses)].map(([word = '']) => parseAtom(word).package));
    for (const found of installedPackages(files, losses)) {
      if (context.aborted) return;
      const { content, number } = reader(files, found.directory, losses);
      yield {
        package: found.package,
        version: found.version,
        slot: content('SLOT'),
        build_time: number('BUILD_TIME'),
        repository: content('repository'),
        eapi: number('EAPI'),
        size: number('SIZE'),
        world: Number(wanted.has(found.package)),
      };
    }
    losses.report(context);
  },
});
