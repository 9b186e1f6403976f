import { defineTable, type FileView, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';

const root = '/sys/kernel/security/apparmor/policy/profiles';
const maxDepth = 32;

interface Profile {
  readonly path: string;
  readonly name: string;
  readonly attach: string;
  readonly mode: string;
  readonly sha1: string;
  readonly sha256: string;
}

/** The profiles of a directory of securityfs, each followed by those nested in it. */
function* profilesIn(files: FileView, losses: Losses, directory: string, parent = '', depth = 1): Generator<Profile> {
  const entries = losses.attempt(directory, () => files.readdirTypes(directory)) ?? [];
  for (const entry of entries.filter(found => found.isDirectory())) {
    const place = `${directory}/${entry.name}`;
    const read = (file: string): string =>
      losses.attempt(`${place}/${file}`, () => files.readTextIfPresent(`${place}/${file}`))?.trim() ?? '';
    const name = read('name');
    // A profile that is removed while we look has no name any more.
    if (name === '') continue;
    const path = parent + name;
    yield { path, name, attach: read('attach'), mode: read('mode'), sha1: read('sha1'), sha256: read('sha256') };
    if (depth < maxDepth) yield* profilesIn(files, losses, `${place}/profiles`, `${path}//`, depth + 1);
  }
}

/** What AppArmor confines; empty where it is not running. */
export const apparmorProfiles = defineTable({
  name: 'apparmor_profiles',
  description: 'Loaded AppArmor profiles and their enforcement mode.',
  platforms: ['linux'],
  examples: ["select path, mode from apparmor_profiles where mode <> 'enforce'"],
  columns: {
    path: text('Names of the profiles it is nested in and its own, with // between them', { index: true }),
    name: text('Name of the profile'),
    attach: text('Programs it is attached to, as written'),
    mode: text('enforce, complain, kill, unconfined or mixed'),
    sha1: text('SHA-1 of the compiled profile; empty with kernels from 6.8 on', { collate: 'nocase' }),
    sha256: text('SHA-256 of the compiled profile; empty with older kernels', { collate: 'nocase' }),
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    yield* profilesIn(context.files, losses, root);
    losses.report(context);
  },
});
