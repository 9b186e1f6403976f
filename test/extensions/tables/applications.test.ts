import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { carbonBlackInfo } from '../../../extensions/tables/src/common/carbon_black_info.ts';
import { firefoxAddons } from '../../../extensions/tables/src/common/firefox_addons.ts';
import { jetbrainsPlugins } from '../../../extensions/tables/src/common/jetbrains_plugins.ts';
import { vscodeExtensions } from '../../../extensions/tables/src/common/vscode_extensions.ts';
import { likeliestFirst, parsePluginXml } from '../../../extensions/tables/src/lib/jetbrains.ts';
import { readZipped } from '../../../extensions/tables/src/lib/zip.ts';
import { withTools } from './live/tools.ts';
import { type Content, machineWith, rowsOf } from './machine.ts';
import { zipOf } from './zip.ts';

const passwd = 'me:x:4242:0::/home/me:/bin/sh\n';
const machine = (t: TestContext, files: Readonly<Record<string, Content>>) =>
  machineWith(t, { 'etc/passwd': passwd, ...files });
const where = { uid: 4242 };

const addons = JSON.stringify({
  schemaVersion: 36,
  addons: [
    {
      id: 'uBlock0@raymondhill.net',
      version: '1.57.2',
      type: 'extension',
      location: 'app-profile',
      visible: true,
      active: true,
      userDisabled: false,
      appDisabled: false,
      softDisabled: false,
      applyBackgroundUpdates: 1,
      path: '/home/me/.mozilla/firefox/abc.default/extensions/uBlock0@raymondhill.net.xpi',
      defaultLocale: { name: 'uBlock Origin', description: 'Finally.', creator: 'Raymond Hill' },
      sourceURI: 'https://addons.mozilla.org/firefox/downloads/file/1/ublock_origin.xpi',
    },
    { id: 'default-theme@mozilla.org', type: 'theme', active: false, userDisabled: true, defaultLocale: null },
    null,
    'none',
  ],
});

test('firefox_addons gives the add-ons of every profile', t => {
  const files = machine(t, {
    'home/me/.mozilla/firefox/abc.default/extensions.json': addons,
    'home/me/.mozilla/firefox/Crash Reports/events': '',
    'home/me/.mozilla/firefox/profiles.ini': '',
    'home/me/snap/firefox/common/.mozilla/firefox/x.default/extensions.json': '\ufeff{"addons":[{"id":"a"}]}',
  });
  const rows = rowsOf(firefoxAddons, { files, where });
  assert.deepEqual(rows[0], {
    uid: 4242,
    name: 'uBlock Origin',
    identifier: 'uBlock0@raymondhill.net',
    creator: 'Raymond Hill',
    type: 'extension',
    version: '1.57.2',
    description: 'Finally.',
    source_url: 'https://addons.mozilla.org/firefox/downloads/file/1/ublock_origin.xpi',
    visible: 1,
    active: 1,
    disabled: 0,
    autoupdate: 1,
    location: 'app-profile',
    path: '/home/me/.mozilla/firefox/abc.default/extensions/uBlock0@raymondhill.net.xpi',
  });
  assert.deepEqual(
    rows.map(row => [row.identifier, row.disabled, row.active, row.name]),
    [
      ['uBlock0@raymondhill.net', 0, 1, 'uBlock Origin'],
      ['default-theme@mozilla.org', 1, 0, ''],
      ['a', 0, undefined, ''],
    ],
  );
});

test('a broken list is told of, with what else there is', t => {
  const warnings: string[] = [];
  const files = machine(t, {
    'home/me/.mozilla/firefox/a/extensions.json': '{"addons":[',
    'home/me/.mozilla/firefox/b/extensions.json': '[]',
    'home/me/.mozilla/firefox/c/extensions.json': '{"addons":[{"id":"c"}]}',
  });
  assert.deepEqual(
    rowsOf(firefoxAddons, { files, where, warnings }).map(row => row.identifier),
    ['c'],
  );
  assert.match(warnings.join(), /firefox\/a\/extensions\.json \(.*JSON.*\) cannot be read\.$/);
});

const vscode = JSON.stringify([
  {
    identifier: { id: 'ms-python.python', uuid: 'f1f59ae4-9318-4f3c-a9b5-81b2eaa5f8a5' },
    version: '2024.4.1',
    location: { $mid: 1, path: '/home/me/.vscode/extensions/ms-python.python-2024.4.1', scheme: 'file' },
    relativeLocation: 'ms-python.python-2024.4.1',
    metadata: {
      publisherDisplayName: 'Microsoft',
      publisherId: '998b010b-e2af-44a5-a6cd-0b5fd3b9b6f8',
      installedTimestamp: 1_713_000_000_123,
      isPreReleaseVersion: false,
    },
  },
  { identifier: { id: 'local.only' }, metadata: { isPreReleaseVersion: true, installedTimestamp: 'soon' } },
  { version: '1' },
]);

test('vscode_extensions gives the extensions of every edition', t => {
  const files = machine(t, {
    'home/me/.vscode/extensions/extensions.json': vscode,
    'home/me/.cursor/extensions/extensions.json': '[{"identifier":{"id":"a.b"}}]',
    'home/me/.vscode-insiders/extensions/extensions.json': '{}',
  });
  const rows = rowsOf(vscodeExtensions, { files, where });
  assert.deepEqual(rows[0], {
    name: 'ms-python.python',
    uuid: 'f1f59ae4-9318-4f3c-a9b5-81b2eaa5f8a5',
    version: '2024.4.1',
    path: '/home/me/.vscode/extensions/ms-python.python-2024.4.1',
    publisher: 'Microsoft',
    publisher_id: '998b010b-e2af-44a5-a6cd-0b5fd3b9b6f8',
    installed_at: 1_713_000_000_123,
    prerelease: 0,
    uid: 4242,
    vscode_edition: 'vscode',
  });
  assert.deepEqual(
    rows.map(row => [row.name, row.vscode_edition, row.prerelease, row.installed_at]),
    [
      ['ms-python.python', 'vscode', 0, 1_713_000_000_123],
      ['local.only', 'vscode', 1, undefined],
      ['a.b', 'cursor', undefined, undefined],
    ],
  );
});

const xml = (name: string, more = '') =>
  `<?xml version="1.0"?><idea-plugin url="x"><!-- <name>no</name> -->
  <id>org.${name}</id>${more}<name>${name}</name>
  <version>1.2.3</version><vendor url="https://x.example" email="a@x.example">
    A &amp; B &#67;&#x44;
  </vendor></idea-plugin>`;
const jar = (name: string) => zipOf({ 'META-INF/MANIFEST.MF': 'x', 'META-INF/plugin.xml': xml(name) });

test('jetbrains_plugins gives plugins that are archives and those that are directories', t => {
  const idea = 'home/me/.local/share/JetBrains/IntelliJIdea2024.3';
  const files = machine(t, {
    [`${idea}/single.jar`]: jar('Single'),
    [`${idea}/copilot/lib/resources.jar`]: jar('Wrong'),
    [`${idea}/copilot/lib/gson-2.8.0.jar`]: jar('Wrong too'),
    [`${idea}/copilot/lib/core-main.jar`]: zipOf({ 'META-INF/MANIFEST.MF': '' }),
    [`${idea}/copilot/lib/Copilot-1.0.jar`]: jar('Copilot'),
    [`${idea}/none/lib/none.jar`]: 'no archive',
    'home/me/.local/share/JetBrains/PyCharmCE2024.1/p.jar': jar('P'),
    'home/me/.local/share/JetBrains/Toolbox/apps': { directory: true },
    'home/me/.local/share/JetBrains/consentOptions': '',
  });
  const rows = rowsOf(jetbrainsPlugins, { files, where });
  assert.deepEqual(rows, [
    {
      product_type: 'intellij_idea',
      uid: 4242,
      name: 'Copilot',
      version: '1.2.3',
      vendor: 'A & B CD',
      path: `/${idea}/copilot`,
    },
    {
      product_type: 'intellij_idea',
      uid: 4242,
      name: 'Single',
      version: '1.2.3',
      vendor: 'A & B CD',
      path: `/${idea}/single.jar`,
    },
    {
      product_type: 'pycharm_community_edition',
      uid: 4242,
      name: 'P',
      version: '1.2.3',
      vendor: 'A & B CD',
      path: '/home/me/.local/share/JetBrains/PyCharmCE2024.1/p.jar',
    },
  ]);
});

test('a plugin.xml is read as far as it goes', () => {
  assert.deepEqual(parsePluginXml('<name><![CDATA[ A <b> ]]></name><vendor/>'), {
    name: 'A <b>',
    version: '',
    vendor: '',
  });
  assert.deepEqual(parsePluginXml('<name>&#99999999; &nbsp; &lt;</name >'), {
    name: '&#99999999; &nbsp; <',
    version: '',
    vendor: '',
  });
  const parts = fc.constantFrom('<name', '>', '</name>', '<!--', '-->', '<![CDATA[', ']]>', '&#x', ';', 'a', ' ');
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 40 }), pieces => {
      assert.equal(typeof parsePluginXml(pieces.join('')).name, 'string');
    }),
  );
  assert.deepEqual(
    likeliestFirst(['resources_en.jar', 'b-1.0.jar', 'long-name.jar', 'x.jar', 'plug-m2.jar', 'plug.jar'], 'Plug'),
    ['plug.jar', 'x.jar', 'long-name.jar', 'plug-m2.jar', 'b-1.0.jar', 'resources_en.jar'],
  );
});

const reader = (content: Buffer) => (offset: number, bytes: number) => content.subarray(offset, offset + bytes);

test('an archive that zip(1) made is read', withTools('/usr/bin/zip'), t => {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-zip-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'a.txt'), 'some text '.repeat(1000));
  execFileSync('zip', ['-q', '-z', 'x.zip', 'a.txt'], { cwd: directory, input: 'a comment\n' });
  const content = readFileSync(join(directory, 'x.zip'));
  assert.equal(readZipped(reader(content), content.length, 'a.txt', 1 << 20)?.length, 10_000);
});

test('an archive gives its files, none larger than asked for', () => {
  const content = zipOf({ a: '', 'b/c': 'text '.repeat(99) }, 'a comment');
  const read = (name: string, maxBytes = 1000) =>
    readZipped(reader(content), content.length, name, maxBytes)?.toString();
  assert.deepEqual(
    [read('a'), read('b/c'), read('b'), read('b/c', 494)],
    ['', 'text '.repeat(99), undefined, undefined],
  );
});

test('damage makes no reading of an archive throw but for its content', () => {
  const whole = zipOf({ a: 'b', 'META-INF/plugin.xml': xml('X') });
  const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 });
  fc.assert(
    fc.property(changes, fc.nat(whole.length), (list, length) => {
      const content = Buffer.from(whole);
      for (const [at, byte] of list) content[at] = byte;
      const cut = content.subarray(0, length);
      try {
        const found = readZipped(reader(cut), cut.length, 'META-INF/plugin.xml', 4096);
        assert.ok(found === undefined || found.length <= 4096);
      } catch (error) {
        assert.match(String((error as NodeJS.ErrnoException).code), /^(Z_|ERR_BUFFER_TOO_LARGE)/);
      }
    }),
  );
});

test('carbon_black_info reads settings, number and queues', t => {
  const files = machineWith(t, {
    'var/lib/cb/sensor.id': '0000000000012ab3',
    'var/lib/cb/sensorsettings.ini':
      '[Other]\nCollectFileMods=9\n[CB]\nConfigName=Default%20Group\nCollectFileMods=1\n; a comment\n' +
      'CollectNetConns = 0\nSensorBackendServer=https%3A//cb.example%3A443\n[Next]\nCollectModuleInfo=7\n',
    'var/lib/cb/eventlogs/events.log': 'x'.repeat(10),
    'var/lib/cb/store/1/filedata': 'x'.repeat(7),
    'var/lib/cb/store/1/metadata': 'x',
  });
  const [row] = rowsOf(carbonBlackInfo, { files });
  assert.deepEqual(
    [row?.sensor_id, row?.config_name, row?.collect_file_mods, row?.collect_net_conns, row?.collect_module_info],
    [0x12ab3, 'Default Group', 1, 0, -1],
  );
  assert.deepEqual(
    [row?.sensor_backend_server, row?.event_queue, row?.binary_queue, row?.collect_processes, row?.sensor_ip_addr],
    ['https://cb.example:443', 10, 8, 0, ''],
  );
  const bare = machineWith(t, { 'var/lib/cb/sensor.id': 'short' });
  assert.deepEqual(rowsOf(carbonBlackInfo, { files: bare }), [
    { sensor_id: undefined, event_queue: 0, binary_queue: 0 },
  ]);
  assert.deepEqual(rowsOf(carbonBlackInfo, { files: machineWith(t, {}) }), []);
});
