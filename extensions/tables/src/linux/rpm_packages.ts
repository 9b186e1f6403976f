import { bigint, defineTable, integer, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { namespaceColumns, placesOf } from '../lib/namespace.ts';
import { installedRpms } from '../lib/rpm/database.ts';
import { type RpmHeader, rpmTags } from '../lib/rpm/header.ts';

const rowOf = (header: RpmHeader) => ({
  name: header.text(rpmTags.name),
  version: header.text(rpmTags.version),
  release: header.text(rpmTags.release),
  source: header.text(rpmTags.sourcePackage),
  // A package of more than 4 GiB has its size elsewhere.
  size: header.number(rpmTags.size) ?? header.number(rpmTags.longSize),
  sha1: header.text(rpmTags.sha1),
  arch: header.text(rpmTags.arch),
  epoch: header.number(rpmTags.epoch),
  install_time: header.number(rpmTags.installTime),
  vendor: header.text(rpmTags.vendor),
  package_group: header.text(rpmTags.group),
});

/** Packages of rpm. */
export const rpmPackages = defineTable({
  name: 'rpm_packages',
  description: 'Packages in the RPM database.',
  platforms: ['linux'],
  attributes: { cacheable: true },
  examples: [
    'select name, version, release from rpm_packages order by install_time desc limit 10',
    "select * from rpm_packages where name = 'openssl-libs' and version < '3.0.7'",
  ],
  columns: {
    name: text('Name of the package', { index: true, optimized: true }),
    version: text('Version', { index: true, collate: 'version_rhel' }),
    release: text('Release of the packaging', { index: true }),
    source: text('File name of the source package'),
    size: bigint('Size of its files in bytes'),
    sha1: text("SHA-1 of the package's header", { collate: 'nocase' }),
    arch: text('Architecture', { index: true }),
    epoch: integer('Epoch, which weighs more than the version; NULL when there is none', { index: true }),
    install_time: integer('When it was installed, in seconds since 1970'),
    vendor: text('Who made the package'),
    package_group: text('Group of packages it belongs to'),
    ...namespaceColumns,
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    const names = context.equals('name');
    for (const { files, pid, namespaceId } of placesOf(context))
      for (const header of installedRpms(files, names, losses))
        yield { ...rowOf(header), pid_with_namespace: pid, mount_namespace_id: namespaceId };
    losses.report(context);
  },
});
