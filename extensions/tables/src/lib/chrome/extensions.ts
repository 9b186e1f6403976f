import type { FileView } from '@outpost/sdk';
import { entriesOf, memberAt } from '../json-values.ts';
import type { Losses } from '../losses.ts';
import { quietly } from '../quietly.ts';
import type { ChromeProfile } from './profiles.ts';

/** A manifest is a few kilobytes. */
const maxBytes = 4 << 20;

/** An extension as it lies in a profile. */
export interface ChromeExtension {
  /** Its directory, without symbolic links. */
  readonly path: string;
  /** The manifest as it is in the file, and what it says. */
  readonly source: Buffer;
  readonly manifest: unknown;
  /** What the profile knows of it; undefined when the profile does not know it. */
  readonly reference: Reference | undefined;
}

/** What a profile knows of an extension. */
export interface Reference {
  readonly identifier: string;
  readonly settings: unknown;
}

/** What the profile says of extensions, by their directories. The first of its files that names a directory counts. */
function referencesOf(files: FileView, profile: ChromeProfile): Map<string, Reference> {
  const references = new Map<string, Reference>();
  for (const file of profile.settings) {
    const known = memberAt(file, 'extensions', 'settings') ?? memberAt(file, 'extensions', 'opsettings');
    for (const [identifier, settings] of entriesOf(known)) {
      const path = memberAt(settings, 'path');
      if (typeof path !== 'string' || path === '' || path.includes('\0')) continue;
      const place = path.startsWith('/') ? path : `${profile.path}/Extensions/${path}`;
      const real = quietly(() => files.realpath(place)) ?? place;
      if (!references.has(real)) references.set(real, { identifier, settings });
    }
  }
  return references;
}

/** The directories of the extensions that lie in the profile: one for each version of each. */
function* directoriesIn(files: FileView, profile: ChromeProfile): Generator<string> {
  const root = `${profile.path}/Extensions`;
  for (const identifier of quietly(() => files.readdir(root)) ?? [])
    for (const version of quietly(() => files.readdir(`${root}/${identifier}`)) ?? []) {
      const path = quietly(() => files.realpath(`${root}/${identifier}/${version}`));
      if (path !== undefined) yield path;
    }
}

function extensionIn(
  files: FileView,
  path: string,
  reference: Reference | undefined,
  losses: Losses,
): ChromeExtension | undefined {
  const place = `${path}/manifest.json`;
  // Extensions that are part of the browser have a place in the settings and none on the disk.
  if (!quietly(() => files.exists(place))) return undefined;
  return losses.attempt(place, () => {
    const source = files.readFile(place, { maxBytes });
    const manifest: unknown = JSON.parse(source.toString().replace(/^\ufeff/, ''));
    return { path, source, manifest, reference };
  });
}

/** The extensions of a profile, sorted by their directories: first those it does not know, which came with something else or are left over. */
export function* extensionsOf(files: FileView, profile: ChromeProfile, losses: Losses): Generator<ChromeExtension> {
  const references = referencesOf(files, profile);
  const unknown = [...new Set(directoriesIn(files, profile))].filter(path => !references.has(path));
  for (const path of [...unknown.sort(), ...[...references.keys()].sort()]) {
    const extension = extensionIn(files, path, references.get(path), losses);
    if (extension !== undefined) yield extension;
  }
}
