import { bigint, defineTable, text } from '@outpost/sdk';
import { permissionsOf } from '../lib/file-kind.ts';
import { Losses } from '../lib/losses.ts';
import { installedRpms } from '../lib/rpm/database.ts';
import { filesOf } from '../lib/rpm/files.ts';
import { rpmTags } from '../lib/rpm/header.ts';

/** What each package of rpm put where, as it was when it was packaged. */
export const rpmPackageFiles = defineTable({
  name: 'rpm_package_files',
  description: 'Files owned by installed RPM packages.',
  platforms: ['linux'],
  examples: [
    "select path, mode, sha256 from rpm_package_files where package = 'bash'",
    "select package from rpm_package_files where path = '/usr/bin/bash'",
  ],
  columns: {
    package: text('Name of the package', { index: true, optimized: true }),
    path: text('A file or directory of the package', { index: true }),
    username: text('Who shall own it'),
    groupname: text('The group that shall own it'),
    mode: text('Permissions, octal'),
    size: bigint('Size in bytes'),
    sha256: text('SHA-256 of its content; empty for what is no regular file', { collate: 'nocase' }),
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    const paths = context.equals('path');
    for (const header of installedRpms(context.files, context.equals('package'), losses)) {
      if (context.aborted) return;
      const name = header.text(rpmTags.name);
      for (const { path, user, group, mode, size, sha256 } of filesOf(header)) {
        if (!(paths?.includes(path) ?? true)) continue;
        const permissions = mode === undefined ? null : permissionsOf(mode);
        yield { package: name, path, username: user, groupname: group, mode: permissions, size, sha256 };
      }
    }
    losses.report(context);
  },
});
