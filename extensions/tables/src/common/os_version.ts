import { machine } from 'node:os';
import { bigint, defineTable, type FileView, integer, text } from '@outpost/sdk';
import { namespaceColumns, placesOf } from '../lib/namespace.ts';
import { type Distribution, distributionOf, overriddenBy } from '../lib/os-release.ts';

function distributionIn(files: FileView): Distribution {
  const release = files.readTextIfPresent('/etc/os-release') ?? files.readTextIfPresent('/usr/lib/os-release') ?? '';
  const base = distributionOf(release);
  const redhat = files.readTextIfPresent('/etc/redhat-release');
  if (redhat !== undefined) return overriddenBy(base, redhat, 'rhel');
  const gentoo = files.readTextIfPresent('/etc/gentoo-release');
  return gentoo === undefined ? base : overriddenBy(base, gentoo, 'gentoo');
}

/** The distribution, one row; of a container with `pid_with_namespace = …`. */
export const osVersion = defineTable({
  name: 'os_version',
  description: 'Distribution name and version.',
  platforms: ['linux', 'macos', 'windows'],
  examples: ['select name, version, major from os_version'],
  columns: {
    name: text('Name of the distribution'),
    version: text('Version as the distribution writes it', { collate: 'version' }),
    major: integer('Major version'),
    minor: integer('Minor version'),
    patch: integer('Patch version'),
    build: text('Build'),
    platform: text('Identifier, such as debian'),
    platform_like: text('Identifiers of what it is made from'),
    codename: text('Code name of the version'),
    arch: text('Architecture of the machine'),
    extra: text('Rapid Security Response version', { platforms: ['macos'] }),
    install_date: bigint('When the system was installed', { platforms: ['windows'] }),
    revision: integer('Update build revision', { platforms: ['windows'] }),
    ...namespaceColumns,
  },
  *generate(context) {
    for (const { files, pid, namespaceId } of placesOf(context))
      yield {
        ...distributionIn(files),
        arch: machine(),
        pid_with_namespace: pid,
        mount_namespace_id: namespaceId,
      };
  },
});
