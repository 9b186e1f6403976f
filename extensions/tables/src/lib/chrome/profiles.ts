import type { FileView } from '@outpost/sdk';
import { memberAt, scalarText } from '../json-values.ts';
import type { Losses } from '../losses.ts';
import type { Account } from '../passwd.ts';
import { quietly } from '../quietly.ts';
import { readJson } from '../read-json.ts';
import { homePath } from '../user-context.ts';

/** Where browsers made from Chromium keep their profiles, and what such a browser is called. */
const browsers: readonly (readonly [directory: string, browser: string])[] = [
  ['.config/google-chrome', 'chrome'],
  ['.config/google-chrome-beta', 'chrome_beta'],
  ['.config/google-chrome-unstable', 'chrome_dev'],
  ['.config/BraveSoftware/Brave-Browser', 'brave'],
  ['.config/BraveSoftware/Brave-Browser-Beta', 'brave_beta'],
  ['.config/BraveSoftware/Brave-Browser-Nightly', 'brave_nightly'],
  ['.config/chromium', 'chromium'],
  ['snap/chromium/common/chromium', 'chromium'],
  ['.config/yandex-browser-beta', 'yandex'],
  ['.config/microsoft-edge', 'edge'],
  ['.config/microsoft-edge-beta', 'edge_beta'],
  ['.config/microsoft-edge-dev', 'edge_dev'],
  ['.config/opera', 'opera'],
  ['.config/vivaldi', 'vivaldi'],
];

/** The settings of a profile are in two files; what is in the second is signed. */
const settingsFiles = ['Preferences', 'Secure Preferences'] as const;

/** A profile of a browser. */
export interface ChromeProfile {
  readonly browser: string;
  readonly uid: number;
  /** What the user calls it; empty when it has no name, as those of Opera. */
  readonly name: string;
  /** Its directory, without symbolic links. */
  readonly path: string;
  /** The contents of its settings. */
  readonly settings: readonly unknown[];
}

const isProfile = (files: FileView, path: string): boolean =>
  settingsFiles.some(name => quietly(() => files.stat(`${path}/${name}`))?.isFile());

/** The directories of the profiles: the browser's own, as of Opera, or those in it. */
function profileDirectories(files: FileView, directory: string): string[] {
  const root = quietly(() => files.realpath(directory));
  if (root === undefined) return [];
  if (isProfile(files, root)) return [root];
  const names = (quietly(() => files.readdir(root)) ?? []).sort();
  const places = names.map(name => quietly(() => files.realpath(`${root}/${name}`)));
  return places.filter(place => place !== undefined).filter(place => isProfile(files, place));
}

/** The profiles of a user. */
export function* chromeProfilesOf(files: FileView, user: Account, losses: Losses): Generator<ChromeProfile> {
  for (const [place, browser] of browsers) {
    const directory = homePath(user, place);
    if (directory === undefined) continue;
    for (const path of profileDirectories(files, directory)) {
      const settings = settingsFiles.map(name => readJson(files, `${path}/${name}`, losses));
      const names = settings.map(found => scalarText(memberAt(found, 'profile', 'name')));
      yield { browser, uid: user.uid, name: names.find(name => name !== '') ?? '', path, settings };
    }
  }
}
