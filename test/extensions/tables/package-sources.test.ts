import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cachePrefix, parseRelease } from '../../../extensions/tables/src/lib/apt/release.ts';
import { parseSourceLines, parseSourceStanzas } from '../../../extensions/tables/src/lib/apt/sources.ts';
import { parseIni } from '../../../extensions/tables/src/lib/ini.ts';
import { aptSources } from '../../../extensions/tables/src/linux/apt_sources.ts';
import { yumSources } from '../../../extensions/tables/src/linux/yum_sources.ts';
import { fixture } from './fixture.ts';
import { machineWith, rowsOf } from './machine.ts';

test('sources of one line each: options, comments, directories, and what is no source', () => {
  const content = `# deb http://commented.example/ubuntu jammy main
deb http://archive.ubuntu.com/ubuntu/ jammy main restricted # the archive
  deb [ arch=amd64,arm64 signed-by=/usr/share/keyrings/x.gpg ] https://download.docker.com/linux/ubuntu jammy stable
deb [arch=amd64]https://packages.example.com/repos/code stable main
deb-src http://archive.ubuntu.com/ubuntu jammy main
deb file:/srv/mirror ./
deb\tcdrom:[Debian GNU/Linux 12]/ bookworm main
deb http://flat.example//  ./
deb http://only.example
deb https:// suite
`;
  assert.deepEqual(
    [...parseSourceLines(content)],
    [
      { uri: 'http://archive.ubuntu.com/ubuntu', suite: 'jammy' },
      { uri: 'https://download.docker.com/linux/ubuntu', suite: 'jammy' },
      { uri: 'https://packages.example.com/repos/code', suite: 'stable' },
      { uri: 'http://flat.example', suite: './' },
    ],
  );
});

test('sources in stanzas: lists over several lines, several of each, disabled ones', () => {
  const content = `# Ubuntu sources have moved to the stanza format
Types: deb deb-src
URIs: http://archive.ubuntu.com/ubuntu/ http://mirror.example/ubuntu
Suites: noble
# a comment between
  noble-updates
Components: main universe

Enabled: no
Types: deb
URIs: http://off.example/
Suites: noble
 \t
types: deb-src
uris: http://source.example/
suites: noble

Types: deb
URIs: mirror+file:/etc/apt/mirrors/debian.list https://esm.ubuntu.com/apps/ubuntu
Suites: noble-apps-security
Enabled: yes
`;
  assert.deepEqual(
    [...parseSourceStanzas(content)].map(({ uri, suite }) => `${uri} ${suite}`),
    [
      'http://archive.ubuntu.com/ubuntu noble',
      'http://archive.ubuntu.com/ubuntu noble-updates',
      'http://mirror.example/ubuntu noble',
      'http://mirror.example/ubuntu noble-updates',
      'https://esm.ubuntu.com/apps/ubuntu noble-apps-security',
    ],
  );
});

test('what apt calls the files of a source', () => {
  const prefix = (uri: string, suite: string): string => cachePrefix({ uri, suite });
  assert.equal(prefix('http://deb.debian.org/debian', 'bookworm'), 'deb.debian.org_debian_dists_bookworm_');
  assert.equal(prefix('http://security.debian.org', 'buster/updates'), 'security.debian.org_dists_buster_updates_');
  assert.equal(prefix('https://user:word@host.example/a_b', 'x'), 'host.example_a%5fb_dists_x_');
  assert.equal(prefix('https://host.example/flat', './'), 'host.example_flat_._');
  assert.equal(prefix('https://host.example/flat', '/'), 'host.example_flat_');
});

test('apt_sources: a source without a Release file has no row', t => {
  const files = machineWith(t, {
    'etc/apt/sources.list': 'deb http://deb.debian.org/debian bookworm main\ndeb http://never.example/x y z\n',
    'etc/apt/sources.list.d/ubuntu.sources': 'Types: deb\nURIs: http://archive.ubuntu.com/ubuntu\nSuites: noble\n',
    'etc/apt/sources.list.d/ignored.list.save': 'deb http://deb.debian.org/debian bookworm main\n',
    'var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_InRelease': fixture('packages/debian-12.InRelease'),
    'var/lib/apt/lists/archive.ubuntu.com_ubuntu_dists_noble_Release':
      'Codename: noble\nOrigin: Ubuntu\nVersion: 24.04\n',
  });
  const own = { pid_with_namespace: 0 };
  assert.deepEqual(rowsOf(aptSources, { files }), [
    {
      ...own,
      name: 'deb.debian.org/debian bookworm',
      source: '/etc/apt/sources.list',
      base_uri: 'http://deb.debian.org/debian',
      release: 'bookworm',
      version: '12.15',
      maintainer: 'Debian',
      components: 'main contrib non-free-firmware non-free',
      architectures: 'all amd64 arm64 armel armhf i386 mips64el mipsel ppc64el s390x',
    },
    {
      ...own,
      name: 'archive.ubuntu.com/ubuntu noble',
      source: '/etc/apt/sources.list.d/ubuntu.sources',
      base_uri: 'http://archive.ubuntu.com/ubuntu',
      ...{ release: 'noble', version: '24.04', maintainer: 'Ubuntu', components: '', architectures: '' },
    },
  ]);
});

const fedora = `[fedora]
name=Fedora $releasever - $basearch
#baseurl=http://download.example/pub/fedora/linux/releases/$releasever/Everything/$basearch/os/
metalink=https://mirrors.fedoraproject.org/metalink?repo=fedora-$releasever&arch=$basearch
enabled=1
countme=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-$releasever-$basearch

[fedora-debuginfo]
name = Fedora $releasever - $basearch - Debug
enabled = 0
baseurl = https://one.example/
          https://two.example/
gpgcheck: 1
`;

test('yum_sources: repositories of the file of yum and of the directory it names', t => {
  const files = machineWith(t, {
    'etc/yum.conf': '[main]\ngpgcheck=1\nreposdir=/etc/repos\n[local]\nname=Local\nbaseurl=file:///srv\n',
    'etc/repos/fedora.repo': fedora,
    'etc/repos/fedora.repo.rpmsave': '[old]\nname=Old\n',
    'etc/yum.repos.d/elsewhere.repo': '[elsewhere]\nname=Elsewhere\n',
  });
  const none = {
    baseurl: '',
    mirrorlist: '',
    metalink: '',
    enabled: '',
    gpgcheck: '',
    gpgkey: '',
    pid_with_namespace: 0,
  };
  assert.deepEqual(rowsOf(yumSources, { files }), [
    { ...none, name: 'Local', source: '/etc/yum.conf', baseurl: 'file:///srv' },
    {
      ...none,
      name: 'Fedora $releasever - $basearch',
      source: '/etc/repos/fedora.repo',
      metalink: 'https://mirrors.fedoraproject.org/metalink?repo=fedora-$releasever&arch=$basearch',
      enabled: '1',
      gpgcheck: '1',
      gpgkey: 'file:///etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-$releasever-$basearch',
    },
    {
      ...none,
      name: 'Fedora $releasever - $basearch - Debug',
      source: '/etc/repos/fedora.repo',
      baseurl: 'https://one.example/\nhttps://two.example/',
      enabled: '0',
      gpgcheck: '1',
    },
  ]);
});

test('yum_sources: without a file of yum, the usual directory', t => {
  const files = machineWith(t, { 'etc/yum.repos.d/x.repo': '[x]\nname=X\n' });
  assert.deepEqual(
    rowsOf(yumSources, { files }).map(row => row.name),
    ['X'],
  );
});

test('any text is read as sources, releases and sections without an error', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom('deb [', '[x]', 'Types: deb', 'URIs: a://b', 'Suites: /', ' x', 'deb a://b c'),
  );
  const content = fc.array(line).map(lines => lines.join('\n'));
  fc.assert(
    fc.property(content, text => {
      for (const source of [...parseSourceLines(text), ...parseSourceStanzas(text)]) {
        assert.match(source.uri, /^[^:]*:\/\/.*[^/]$/s);
        assert.match(cachePrefix(source), /^[^/]*_$/s);
      }
      assert.equal(typeof parseRelease(text).release, 'string');
      for (const [section, values] of parseIni(text)) assert.ok(section.length > 0 && ![...values.keys()].includes(''));
    }),
  );
});
