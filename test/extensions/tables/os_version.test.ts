import assert from 'node:assert/strict';
import { machine } from 'node:os';
import { test } from 'node:test';
import fc from 'fast-check';
import { osVersion } from '../../../extensions/tables/src/common/os_version.ts';
import { distributionOf, overriddenBy } from '../../../extensions/tables/src/lib/os-release.ts';
import { type Content, machineWith, rowsOf } from './machine.ts';

const release = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12.4"
VERSION='12 (bookworm)'
# ID=comment
VERSION_CODENAME=bookworm
ID=debian
ID_LIKE="a b"
BUILD_ID="say \\"hi\\""
`;

test('reads os-release', t => {
  assert.deepEqual(rowsOf(osVersion, { files: machineWith(t, { 'etc/os-release': release }) }), [
    {
      name: 'Debian GNU/Linux',
      version: '12 (bookworm)',
      major: 12,
      minor: 4,
      patch: 0,
      build: 'say "hi"',
      platform: 'debian',
      platform_like: 'a b',
      codename: 'bookworm',
      arch: machine(),
      pid_with_namespace: 0,
      mount_namespace_id: '',
    },
  ]);
});

test('the release file of Red Hat and of Gentoo counts more', t => {
  const short = (files: Record<string, Content>) => {
    const [row] = rowsOf(osVersion, {
      files: machineWith(t, { 'etc/os-release': 'NAME=N\nID=n\nVERSION_ID=1\n', ...files }),
    });
    return ['name', 'version', 'major', 'minor', 'patch', 'platform', 'platform_like'].map(name => row?.[name]);
  };
  assert.deepEqual(short({ 'etc/redhat-release': 'CentOS Linux release 7.9.2009 (Core)\n' }), [
    'CentOS Linux',
    'CentOS Linux release 7.9.2009 (Core)',
    7,
    9,
    2009,
    'rhel',
    'rhel',
  ]);
  assert.deepEqual(short({ 'etc/redhat-release': 'Fedora release 39 (Thirty Nine)\n' }).slice(0, 5), [
    'Fedora',
    'Fedora release 39 (Thirty Nine)',
    39,
    0,
    0,
  ]);
  assert.deepEqual(short({ 'etc/gentoo-release': 'Gentoo Base System release 2.14\n' }), [
    'Gentoo',
    'Gentoo Base System release 2.14',
    2,
    14,
    0,
    'gentoo',
    'gentoo',
  ]);
  assert.deepEqual(short({ 'etc/redhat-release': 'odd\n' }), ['N', 'odd', 1, 0, 0, 'rhel', 'rhel']);
});

test("reads a container's distribution", t => {
  const files = machineWith(t, {
    'etc/os-release': release,
    'proc/8/ns/mnt': { link: 'mnt:[77]' },
    'proc/8/root/etc/os-release': { link: '../usr/lib/os-release' },
    'proc/8/root/usr/lib/os-release': 'NAME=Alpine\nVERSION_ID=3.19.1\n',
  });
  const [row] = rowsOf(osVersion, { files, where: { pid_with_namespace: 8 } });
  assert.deepEqual([row?.name, row?.patch, row?.mount_namespace_id], ['Alpine', 1, '77']);
});

test('this machine has one, and a machine without any file an empty one', t => {
  assert.equal(rowsOf(osVersion).length, 1);
  assert.equal(rowsOf(osVersion, { files: machineWith(t, {}) })[0]?.major, 0);
});

test('no content makes the parsers throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), content => {
      const base = distributionOf(`${content}\nVERSION_ID=${content}`);
      for (const { major, minor, patch } of [base, overriddenBy(base, `X release ${content}`, 'rhel')])
        assert.ok([major, minor, patch].every(Number.isFinite));
    }),
  );
});
