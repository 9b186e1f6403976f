import { defineTable, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { installedPackages } from '../lib/portage.ts';

/** What Gentoo packages were built with. */
export const portageUse = defineTable({
  name: 'portage_use',
  description: 'USE flags of installed Gentoo packages.',
  platforms: ['linux'],
  examples: ["select package, version from portage_use where use = 'static'"],
  columns: {
    package: text('Category and name'),
    version: text('Version', { collate: 'version' }),
    use: text('A flag it was built with'),
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    for (const found of installedPackages(context.files, losses)) {
      if (context.aborted) return;
      const path = `${found.directory}/USE`;
      const content = losses.attempt(path, () => context.files.readTextIfPresent(path)) ?? '';
      for (const use of content.split(/\s+/))
        if (use !== '') yield { package: found.package, version: found.version, use };
    }
    losses.report(context);
  },
});
