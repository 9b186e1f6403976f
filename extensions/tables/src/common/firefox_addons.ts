import { bigint, defineTable, type FileView, integer, text } from '@outpost/sdk';
import { memberAt, membersOf, scalarText, truthOf } from '../lib/json-values.ts';
import { Losses } from '../lib/losses.ts';
import { quietly } from '../lib/quietly.ts';
import { readJson } from '../lib/read-json.ts';
import { homePath, usersOf } from '../lib/user-context.ts';

/** Where Firefox keeps profiles: of itself, in a snap and in a Flatpak. */
const roots = [
  '.mozilla/firefox',
  'snap/firefox/common/.mozilla/firefox',
  '.var/app/org.mozilla.firefox/.mozilla/firefox',
] as const;

/** The lists of add-ons of a user's profiles. */
function* listsOf(files: FileView, home: (path: string) => string | undefined): Generator<string> {
  for (const root of roots.map(home)) {
    if (root === undefined) continue;
    for (const profile of (quietly(() => files.readdir(root)) ?? []).sort()) yield `${root}/${profile}/extensions.json`;
  }
}

const rowOf = (addon: unknown) => ({
  name: scalarText(memberAt(addon, 'defaultLocale', 'name')),
  identifier: scalarText(memberAt(addon, 'id')),
  creator: scalarText(memberAt(addon, 'defaultLocale', 'creator')),
  type: scalarText(memberAt(addon, 'type')),
  version: scalarText(memberAt(addon, 'version')),
  description: scalarText(memberAt(addon, 'defaultLocale', 'description')),
  source_url: scalarText(memberAt(addon, 'sourceURI')),
  visible: truthOf(memberAt(addon, 'visible')),
  active: truthOf(memberAt(addon, 'active')),
  // There are several ways to turn one off.
  disabled: Number(['softDisabled', 'appDisabled', 'userDisabled'].some(name => memberAt(addon, name) === true)),
  autoupdate: autoupdateOf(memberAt(addon, 'applyBackgroundUpdates')),
  location: scalarText(memberAt(addon, 'location')),
  path: scalarText(memberAt(addon, 'path')),
});

/** 0 never, 1 as the browser does by default, 2 always (AddonManager of Firefox). */
const autoupdateOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : truthOf(value));

/** Add-ons of Firefox. */
export const firefoxAddons = defineTable({
  name: 'firefox_addons',
  description: 'Add-ons listed in Firefox profiles.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { userBased: true },
  examples: [
    'select username, name, version, source_url from users join firefox_addons using (uid) where active = 1',
    "select * from firefox_addons where uid = 1000 and type = 'extension'",
  ],
  columns: {
    uid: bigint('User whose browser it is', { additional: true, optimized: true }),
    name: text('Name'),
    identifier: text('Identifier', { index: true }),
    creator: text('Who made it'),
    type: text('extension, theme, locale, dictionary or another kind'),
    version: text('Version', { collate: 'version' }),
    description: text('What it says of itself'),
    source_url: text('Where it was downloaded from'),
    visible: integer('1 when it is shown in the list of add-ons'),
    active: integer('1 when it is in use'),
    disabled: integer('1 when it was turned off'),
    autoupdate: integer('Whether it is updated without asking: 0 never, 1 as the browser does by default, 2 always'),
    location: text('Why it is there, such as app-profile for an add-on that a user installed'),
    path: text('File of the add-on'),
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    for (const user of usersOf(context, 'firefox_addons'))
      for (const list of listsOf(context.files, path => homePath(user, path))) {
        if (context.aborted) return;
        const addons = membersOf(memberAt(readJson(context.files, list, losses), 'addons'));
        for (const addon of addons)
          if (typeof addon === 'object' && addon !== null) yield { uid: user.uid, ...rowOf(addon) };
      }
    losses.report(context);
  },
});
