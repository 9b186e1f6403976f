import { defineTable, type FileView, text } from '@outpost/sdk';
import { trimmedLines } from '../lib/lines.ts';
import { Losses } from '../lib/losses.ts';
import { quietly } from '../lib/quietly.ts';

const defaultAdmindir = '/var/lib/dpkg';
const suffix = '.list';

/** A list of files is called NAME.list; NAME:ARCHITECTURE.list for a package that may be installed for several. */
const packageOf = (list: string): string => list.slice(0, -suffix.length).split(':', 1)[0] ?? '';

/** The lists of a directory, sorted: all, or those of the wanted packages. */
function listsIn(files: FileView, directory: string, wanted: ReadonlySet<string> | undefined): string[] {
  const names = quietly(() => files.readdir(directory)) ?? [];
  return names.filter(name => name.endsWith(suffix) && (wanted?.has(packageOf(name)) ?? true)).sort();
}

/** What each Debian package put where. */
export const debPackageFiles = defineTable({
  name: 'deb_package_files',
  description: 'Paths owned by installed Debian packages.',
  platforms: ['linux'],
  examples: [
    "select path from deb_package_files where package = 'dpkg'",
    "select package from deb_package_files where path = '/usr/bin/dpkg'",
  ],
  columns: {
    package: text('Name of the package', { index: true, optimized: true }),
    path: text('A file or directory of the package', { index: true }),
    admindir: text('Administrative directory of dpkg; /var/lib/dpkg unless the query names another', {
      additional: true,
      optimized: true,
    }),
  },
  *generate(context) {
    const { files } = context;
    const packages = context.equals('package');
    const wanted = packages && new Set(packages);
    const paths = context.equals('path');
    const losses = new Losses('cannot be read');
    for (const admindir of context.equals('admindir') ?? [defaultAdmindir]) {
      if (!admindir.startsWith('/')) continue;
      for (const list of listsIn(files, `${admindir}/info`, wanted)) {
        if (context.aborted) return;
        const file = `${admindir}/info/${list}`;
        const content = losses.attempt(file, () => files.readTextIfPresent(file)) ?? '';
        for (const path of trimmedLines(content))
          if (paths?.includes(path) ?? true) yield { package: packageOf(list), path, admindir };
      }
    }
    losses.report(context);
  },
});
