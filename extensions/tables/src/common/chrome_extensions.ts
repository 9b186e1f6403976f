import { hash } from 'node:crypto';
import { bigint, defineTable, type FileView, integer, text } from '@outpost/sdk';
import { type ChromeExtension, extensionsOf } from '../lib/chrome/extensions.ts';
import { identifierOf, manifestTexts, permissionsOf } from '../lib/chrome/manifest.ts';
import { type ChromeProfile, chromeProfilesOf } from '../lib/chrome/profiles.ts';
import { memberAt, scalarText } from '../lib/json-values.ts';
import { Losses } from '../lib/losses.ts';
import { usersOf } from '../lib/user-context.ts';

/** Seconds from 1601, where the browser's clock starts, to 1970. */
const secondsBefore1970 = 11_644_473_600;

/** A time of the browser, in microseconds since 1601, in seconds since 1970; 0 when there is none. */
function timestampOf(time: string): number {
  const seconds = /^\d{1,18}$/.test(time) ? Number(BigInt(time) / 1_000_000n) - secondsBefore1970 : 0;
  return Math.max(seconds, 0);
}

/** What the profile says of the extension. */
function profileColumns({ reference }: ChromeExtension) {
  const setting = (name: string) => scalarText(memberAt(reference?.settings, name));
  const installTime = setting('install_time') || setting('first_install_time');
  return {
    referenced_identifier: reference?.identifier ?? '',
    referenced: Number(reference !== undefined),
    from_webstore: setting('from_webstore'),
    state: setting('state'),
    install_time: installTime,
    install_timestamp: timestampOf(installTime),
  };
}

/** What the manifest says. */
function manifestColumns(files: FileView, extension: ChromeExtension, losses: Losses) {
  const textOf = manifestTexts(files, extension, losses);
  const [permissions, permissionsJson] = permissionsOf(extension, 'permissions');
  const [optional, optionalJson] = permissionsOf(extension, 'optional_permissions');
  return {
    name: textOf('name'),
    version: textOf('version'),
    description: textOf('description'),
    default_locale: textOf('default_locale'),
    current_locale: textOf('current_locale'),
    update_url: textOf('update_url'),
    author: textOf('author'),
    persistent: Number(memberAt(extension.manifest, 'background', 'persistent') === true),
    permissions,
    permissions_json: permissionsJson,
    optional_permissions: optional,
    optional_permissions_json: optionalJson,
    key: textOf('key'),
  };
}

const rowOf = (files: FileView, profile: ChromeProfile, extension: ChromeExtension, losses: Losses) => ({
  browser_type: profile.browser,
  uid: profile.uid,
  profile: profile.name,
  profile_path: profile.path,
  identifier: identifierOf(extension),
  path: extension.path,
  manifest_hash: hash('sha256', extension.source),
  manifest_json: JSON.stringify(extension.manifest),
  ...manifestColumns(files, extension, losses),
  ...profileColumns(extension),
});

/** Extensions of browsers made from Chromium. */
export const chromeExtensions = defineTable({
  name: 'chrome_extensions',
  description: 'Extensions installed in Chromium-family browser profiles.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { userBased: true },
  examples: [
    'select username, browser_type, name, version, identifier from users join chrome_extensions using (uid)',
    "select name, permissions from chrome_extensions where uid = 1000 and permissions like '%<all_urls>%'",
  ],
  columns: {
    browser_type: text('Which browser it is'),
    uid: bigint('User whose browser it is', { index: true, optimized: true }),
    name: text('Name'),
    profile: text('Name of the profile'),
    profile_path: text('Directory of the profile'),
    referenced_identifier: text('Identifier under which the profile knows it'),
    identifier: text('Identifier made from its key; empty when it has none'),
    version: text('Version', { collate: 'version' }),
    description: text('What it says of itself'),
    default_locale: text('Language of its texts when it has not those of the user', { aliases: ['locale'] }),
    current_locale: text('Language it is in'),
    update_url: text('Where updates come from'),
    author: text('Who made it'),
    persistent: integer('1 when its background page is always there'),
    path: text('Directory of the extension'),
    permissions: text('What it may do, separated by commas'),
    permissions_json: text('What it may do, as JSON', { hidden: true }),
    optional_permissions: text('What it may ask for while it runs, separated by commas'),
    optional_permissions_json: text('What it may ask for while it runs, as JSON', { hidden: true }),
    manifest_hash: text('SHA-256 of its manifest', { collate: 'nocase' }),
    referenced: bigint('1 when the profile knows it'),
    from_webstore: text('true when it came from the web store'),
    state: text('1 when it is turned on; empty where the browser does not say'),
    install_time: text('When it was installed, in microseconds since 1601'),
    install_timestamp: bigint('When it was installed, in seconds since 1970; 0 when that is not known'),
    manifest_json: text('Its manifest, as JSON', { hidden: true }),
    key: text('Its public key', { hidden: true }),
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    for (const user of usersOf(context, 'chrome_extensions'))
      for (const profile of chromeProfilesOf(context.files, user, losses))
        for (const extension of extensionsOf(context.files, profile, losses)) {
          if (context.aborted) return;
          yield rowOf(context.files, profile, extension, losses);
        }
    losses.report(context);
  },
});
