import { bigint, defineTable, text } from '@outpost/sdk';
import { extensionsOf } from '../lib/chrome/extensions.ts';
import { contentScriptsOf, identifierOf } from '../lib/chrome/manifest.ts';
import { chromeProfilesOf } from '../lib/chrome/profiles.ts';
import { memberAt, scalarText } from '../lib/json-values.ts';
import { Losses } from '../lib/losses.ts';
import { usersOf } from '../lib/user-context.ts';

/** What extensions of browsers run in pages. */
export const chromeExtensionContentScripts = defineTable({
  name: 'chrome_extension_content_scripts',
  description: 'URL patterns into which Chromium-family extensions inject scripts.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { userBased: true },
  examples: [
    'select username, identifier, script, match from users join chrome_extension_content_scripts using (uid)',
    "select * from chrome_extension_content_scripts where uid = 1000 and match in ('<all_urls>', 'https://*/*')",
  ],
  columns: {
    browser_type: text('Which browser it is'),
    uid: bigint('User whose browser it is', { index: true, optimized: true }),
    identifier: text('Identifier made from the key of the extension; empty when it has none'),
    version: text('Version of the extension', { collate: 'version' }),
    script: text('File of the script in the directory of the extension'),
    match: text('Pattern of the addresses of pages in which it runs'),
    profile_path: text('Directory of the profile'),
    path: text('Directory of the extension'),
    referenced: bigint('1 when the profile knows the extension'),
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    for (const user of usersOf(context, 'chrome_extension_content_scripts'))
      for (const profile of chromeProfilesOf(context.files, user, losses))
        for (const extension of extensionsOf(context.files, profile, losses)) {
          if (context.aborted) return;
          const shared = {
            browser_type: profile.browser,
            uid: user.uid,
            identifier: identifierOf(extension),
            version: scalarText(memberAt(extension.manifest, 'version')),
            profile_path: profile.path,
            path: extension.path,
            referenced: Number(extension.reference !== undefined),
          };
          for (const script of contentScriptsOf(extension)) yield { ...shared, ...script };
        }
    losses.report(context);
  },
});
