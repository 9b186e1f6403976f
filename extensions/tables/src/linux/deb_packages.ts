import { bigint, defineTable, type FileView, text } from '@outpost/sdk';
import { type DebPackage, parseStatus } from '../lib/dpkg.ts';
import { Losses } from '../lib/losses.ts';
import { namespaceColumns, placesOf } from '../lib/namespace.ts';

const defaultAdmindir = '/var/lib/dpkg';
/** A status file of a large system has tens of megabytes. */
const maxBytes = 256 << 20;

/** The packages of an administrative directory: of its status file, and of status.d, where distroless images keep theirs. */
function* packagesIn(files: FileView, admindir: string, losses: Losses): Generator<DebPackage> {
  const read = (path: string): Buffer =>
    losses.attempt(path, () => (files.exists(path) ? files.readFile(path, { maxBytes }) : undefined)) ??
    Buffer.alloc(0);
  yield* parseStatus(read(`${admindir}/status`));
  const parts = `${admindir}/status.d`;
  for (const entry of losses.attempt(parts, () => files.readdirTypes(parts)) ?? [])
    if (!entry.name.endsWith('.md5sums') && !entry.isDirectory())
      yield* parseStatus(read(`${parts}/${entry.name}`), 'install ok installed');
}

/** Packages of dpkg. */
export const debPackages = defineTable({
  name: 'deb_packages',
  description: 'Debian packages recorded in the dpkg database.',
  platforms: ['linux'],
  attributes: { cacheable: true },
  examples: [
    'select name, version from deb_packages order by size desc limit 10',
    "select * from deb_packages where admindir = '/srv/chroot/var/lib/dpkg'",
  ],
  columns: {
    name: text('Name of the package'),
    version: text('Version, with epoch and revision', { collate: 'version_dpkg' }),
    source: text('Source package, when its name differs'),
    size: bigint('Installed size in KiB'),
    arch: text('Architecture'),
    revision: text('Revision of the packaging'),
    status: text('What is wanted, whether that went well, and the state'),
    maintainer: text('Maintainer'),
    section: text('Section of the archive'),
    priority: text('Priority'),
    admindir: text('Administrative directory of dpkg; /var/lib/dpkg unless the query names another', {
      additional: true,
      optimized: true,
    }),
    ...namespaceColumns,
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    const directories = context.equals('admindir') ?? [defaultAdmindir];
    for (const { files, pid, namespaceId } of placesOf(context))
      for (const admindir of directories) {
        if (!admindir.startsWith('/')) continue;
        for (const found of packagesIn(files, admindir, losses))
          yield { ...found, admindir, pid_with_namespace: pid, mount_namespace_id: namespaceId };
      }
    losses.report(context);
  },
});
