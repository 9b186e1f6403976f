import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { chromeExtensionContentScripts } from '../../../extensions/tables/src/common/chrome_extension_content_scripts.ts';
import { chromeExtensions } from '../../../extensions/tables/src/common/chrome_extensions.ts';
import { type Content, machineWith, rowsOf } from './machine.ts';

const passwd = 'me:x:4242:0::/home/me:/bin/sh\n';
const where = { uid: 4242 };
const chrome = 'home/me/.config/google-chrome/Default';
/** The key of the Google Docs Offline extension, whose identifier everybody knows. */
const key =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnF7RGLAxIon0/XeNZ4MLdP3DMkoORzEAKVg0sb89JpA/W2osTHr91Wqwdc9lW0mFcSpCYS9Y3e7cUMFo/M2ETASIuZncMiUzX2/0rrWtGQ3UuEj3KSe5PdaVZfisyJw/FebvHwirEWrhqcgzVUj9fL9YjE0G45d1zMKcc1umKvLqPyTznNuKBZ9GJREdGLRJCBmUgCkI8iwtwC+QZTUppmaD50/ksnEUXv+QkgGN07/KoNA5oAgo49Jf1XBoMv4QXtVZQlBYZl84zAsI82hb63a6Gu29U/4qMWDdI7+3Ne5TRvo6Zi3EI4M2NQNplJhik105qrz+eTLJJxvf4slrWwIDAQAB';

const manifest = JSON.stringify(
  {
    name: '__MSG_extName__',
    description: '__MSG_EXTDESC__',
    version: '1.80.1',
    manifest_version: 2,
    default_locale: 'en_US',
    update_url: 'https://clients2.google.com/service/update2/crx',
    author: { email: 'docs@example.com' },
    background: { persistent: true },
    permissions: ['alarms', 'https://docs.google.com/*', { fileSystem: ['write'] }],
    optional_permissions: ['tabs'],
    key,
    content_scripts: [
      { matches: ['https://a.example/*', '<all_urls>'], js: ['one.js', 'two.js'] },
      { matches: ['https://b.example/*'], css: ['x.css'] },
    ],
  },
  undefined,
  2,
);

const profile = (t: TestContext, more: Readonly<Record<string, Content>> = {}) =>
  machineWith(t, {
    'etc/passwd': passwd,
    [`${chrome}/Preferences`]: JSON.stringify({ profile: { name: 'Person 1' } }),
    [`${chrome}/Secure Preferences`]: JSON.stringify({
      extensions: {
        settings: {
          docsid: {
            path: 'docsid/1.80.1_0',
            state: 1,
            from_webstore: true,
            install_time: '13350000000123456',
          },
          pdf: { path: '/opt/google/chrome/resources/pdf' },
          themes: { state: 1 },
          unpacked: { path: '/home/me/dev', from_webstore: false },
        },
      },
    }),
    [`${chrome}/Extensions/docsid/1.80.1_0/manifest.json`]: manifest,
    [`${chrome}/Extensions/docsid/1.80.1_0/_locales/en_US/messages.json`]:
      '\ufeff{"extname":{"message":"Docs Offline"},"extDesc":{"message":"Edit offline"}}',
    [`${chrome}/Extensions/left/0.1_0/manifest.json`]: '{"name":"Left over","version":"0.1"}',
    'home/me/dev/manifest.json': '{"name":"__MSG_none__","version":"3"}',
    'home/me/.config/google-chrome/Crashpad/settings.dat': '',
    ...more,
  });

test('chrome_extensions gives what the profile knows of an extension and what that says of itself', t => {
  const rows = rowsOf(chromeExtensions, { files: profile(t), where });
  const docs = rows.find(row => row.referenced_identifier === 'docsid');
  assert.deepEqual(docs, {
    browser_type: 'chrome',
    uid: 4242,
    profile: 'Person 1',
    profile_path: `/${chrome}`,
    identifier: 'ghbmnnjooekpmoecnnnilnnbdlolhkhi',
    path: `/${chrome}/Extensions/docsid/1.80.1_0`,
    manifest_hash: createHash('sha256').update(manifest).digest('hex'),
    manifest_json: JSON.stringify(JSON.parse(manifest)),
    name: 'Docs Offline',
    version: '1.80.1',
    description: 'Edit offline',
    default_locale: 'en_US',
    current_locale: '',
    update_url: 'https://clients2.google.com/service/update2/crx',
    author: '',
    persistent: 1,
    permissions: 'alarms, https://docs.google.com/*',
    permissions_json: '["alarms","https://docs.google.com/*",{"fileSystem":["write"]}]',
    optional_permissions: 'tabs',
    optional_permissions_json: '["tabs"]',
    key,
    referenced_identifier: 'docsid',
    referenced: 1,
    from_webstore: 'true',
    state: '1',
    install_time: '13350000000123456',
    install_timestamp: 1_705_526_400,
  });
  assert.deepEqual(
    rows.map(row => [row.name, row.referenced, row.path, row.from_webstore, row.install_timestamp, row.identifier]),
    [
      ['Left over', 0, `/${chrome}/Extensions/left/0.1_0`, '', 0, ''],
      [
        'Docs Offline',
        1,
        `/${chrome}/Extensions/docsid/1.80.1_0`,
        'true',
        1_705_526_400,
        'ghbmnnjooekpmoecnnnilnnbdlolhkhi',
      ],
      ['__MSG_none__', 1, '/home/me/dev', 'false', 0, ''],
    ],
  );
});

test('chrome_extension_content_scripts pairs each pattern with each script', t => {
  const rows = rowsOf(chromeExtensionContentScripts, { files: profile(t), where });
  assert.deepEqual(rows[0], {
    browser_type: 'chrome',
    uid: 4242,
    identifier: 'ghbmnnjooekpmoecnnnilnnbdlolhkhi',
    version: '1.80.1',
    script: 'one.js',
    match: 'https://a.example/*',
    profile_path: `/${chrome}`,
    path: `/${chrome}/Extensions/docsid/1.80.1_0`,
    referenced: 1,
  });
  assert.deepEqual(
    rows.map(row => [row.match, row.script]),
    [
      ['https://a.example/*', 'one.js'],
      ['https://a.example/*', 'two.js'],
      ['<all_urls>', 'one.js'],
      ['<all_urls>', 'two.js'],
    ],
  );
});

test('other browsers have other places, and Opera has its profile where others have theirs', t => {
  const files = profile(t, {
    'home/me/.config/opera/Preferences': '{"extensions":{"opsettings":{"o":{"path":"o/1"}}}}',
    'home/me/.config/opera/Extensions/o/1/manifest.json': '{"name":"O"}',
    'home/me/.config/microsoft-edge/Profile 2/Preferences': '{"profile":{"name":"Work"}}',
    'home/me/.config/microsoft-edge/Profile 2/Extensions/e/1/manifest.json': '{"name":"E"}',
  });
  const rows = rowsOf(chromeExtensions, { files, where }).filter(row => row.browser_type !== 'chrome');
  assert.deepEqual(
    rows.map(row => [row.browser_type, row.profile, row.name, row.referenced]),
    [
      ['edge', 'Work', 'E', 0],
      ['opera', '', 'O', 1],
    ],
  );
});

test('broken files are told of once, and the rest is there', t => {
  const warnings: string[] = [];
  const files = profile(t, {
    [`${chrome}/Secure Preferences`]: '{"extensions":',
    [`${chrome}/Extensions/broken/1/manifest.json`]: '{',
    [`${chrome}/Extensions/odd/1/manifest.json`]: '[]',
  });
  const rows = rowsOf(chromeExtensions, { files, where, warnings });
  assert.deepEqual(
    rows.map(row => [row.name, row.referenced]),
    [
      ['Docs Offline', 0],
      ['Left over', 0],
      ['', 0],
    ],
  );
  assert.match(warnings.join(), /Secure Preferences \(.*\) and 1 more cannot be read\.$/);
});

test('no JSON in the files makes the tables throw', t => {
  const json = fc.jsonValue({ maxDepth: 1 });
  const keys = fc.constantFrom('extensions', 'settings', 'path', 'profile', 'name', 'content_scripts', 'matches', 'js');
  const nested = fc.dictionary(keys, fc.oneof(json, fc.dictionary(keys, fc.dictionary(keys, json))));
  fc.assert(
    fc.property(nested, nested, (preferences, odd) => {
      const files = machineWith(t, {
        'etc/passwd': passwd,
        [`${chrome}/Preferences`]: JSON.stringify(preferences),
        [`${chrome}/Extensions/a/1/manifest.json`]: JSON.stringify(odd),
      });
      assert.equal(rowsOf(chromeExtensions, { files, where, warnings: [] }).length, 1);
      rowsOf(chromeExtensionContentScripts, { files, where, warnings: [] });
    }),
    { numRuns: 40 },
  );
});
