import { bigint, defineTable, type FileView, text } from '@outpost/sdk';
import { describedIn, likeliestFirst, type PluginDescription } from '../lib/jetbrains.ts';
import { quietly } from '../lib/quietly.ts';
import { homePath, usersOf } from '../lib/user-context.ts';

const root = '.local/share/JetBrains';
/** Products by the start of their directory's name, which a version follows. */
const products: Readonly<Record<string, string>> = {
  CLion: 'clion',
  DataGrip: 'datagrip',
  GoLand: 'goland',
  IntelliJIdea: 'intellij_idea',
  IdeaIC: 'intellij_idea_community_edition',
  PhpStorm: 'phpstorm',
  PyCharm: 'pycharm',
  PyCharmCE: 'pycharm_community_edition',
  ReSharper: 'resharper',
  Rider: 'rider',
  RubyMine: 'rubymine',
  RustRover: 'rust_rov',
  WebStorm: 'webstorm',
};

const namesIn = (files: FileView, directory: string): string[] =>
  (quietly(() => files.readdir(directory)) ?? []).sort();

/** A plugin is an archive, or a directory with its archive and the libraries it needs in `lib`. */
function descriptionOf(files: FileView, path: string, name: string): PluginDescription | undefined {
  if (quietly(() => files.stat(path))?.isFile()) return describedIn(files, path);
  for (const jar of likeliestFirst(namesIn(files, `${path}/lib`), name)) {
    const description = describedIn(files, `${path}/lib/${jar}`);
    if (description !== undefined) return description;
  }
  return undefined;
}

/** Plugins of the IDEs of JetBrains. */
export const jetbrainsPlugins = defineTable({
  name: 'jetbrains_plugins',
  description: 'Plugins installed in JetBrains IDEs.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { userBased: true },
  examples: [
    'select username, product_type, name, version from users join jetbrains_plugins using (uid)',
    "select * from jetbrains_plugins where uid = 1000 and vendor != 'JetBrains'",
  ],
  columns: {
    product_type: text('Which IDE it is'),
    uid: bigint('User whose IDE it is', { index: true }),
    name: text('Name'),
    version: text('Version', { collate: 'version' }),
    vendor: text('Who made it'),
    path: text('Directory or archive of the plugin'),
  },
  *generate(context) {
    const { files } = context;
    for (const user of usersOf(context, 'jetbrains_plugins')) {
      const home = homePath(user, root);
      if (home === undefined) continue;
      for (const directory of namesIn(files, home)) {
        const product = products[/^[A-Za-z]+/.exec(directory)?.[0] ?? ''];
        if (product === undefined) continue;
        for (const name of namesIn(files, `${home}/${directory}`)) {
          if (context.aborted) return;
          const path = `${home}/${directory}/${name}`;
          const description = descriptionOf(files, path, name);
          if (description !== undefined) yield { product_type: product, uid: user.uid, path, ...description };
        }
      }
    }
  },
});
