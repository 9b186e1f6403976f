import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secureboot } from '../../../extensions/tables/src/common/secureboot.ts';
import { apparmorProfiles } from '../../../extensions/tables/src/linux/apparmor_profiles.ts';
import { selinuxSettings } from '../../../extensions/tables/src/linux/selinux_settings.ts';
import { machineWith, rowsOf } from './machine.ts';

const efi = 'sys/firmware/efi/efivars';
const guid = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
const flag = (value: number): Buffer => Buffer.from([6, 0, 0, 0, value]);

test('reads the flags of the firmware', t => {
  const rows = (files: Record<string, Buffer | { directory: true }>) =>
    rowsOf(secureboot, { files: machineWith(t, files) });
  assert.deepEqual(rows({ [`${efi}/SecureBoot-${guid}`]: flag(1), [`${efi}/SetupMode-${guid}`]: flag(0) }), [
    { secure_boot: 1, setup_mode: 0 },
  ]);
  assert.deepEqual(rows({ [`${efi}/SecureBoot-${guid}`]: Buffer.from([6, 0]) }), [
    { secure_boot: null, setup_mode: null },
  ]);
  assert.deepEqual(rows({ 'sys/firmware': { directory: true } }), []);
});

test('reads what SELinux enforces, wherever its file system is', t => {
  const root = 'sys/fs/selinux';
  const files = machineWith(t, {
    'proc/mounts': 'sysfs /sys sysfs rw 0 0\nselinuxfs /sys/fs/selinux selinuxfs rw,relatime 0 0\n',
    [`${root}/enforce`]: '1',
    [`${root}/policyvers`]: '33',
    [`${root}/mls`]: '1',
    [`${root}/booleans/httpd_can_network_connect`]: '1 1',
    [`${root}/booleans/deny_ptrace`]: '0 0',
    [`${root}/booleans/pending`]: '0 1',
    [`${root}/policy_capabilities/open_perms`]: '1',
    [`${root}/initial_contexts/kernel`]: 'system_u:system_r:kernel_t:s0\0',
    [`${root}/class/file/index`]: '7',
    [`${root}/class/file/perms/read`]: '2',
    [`${root}/class/file/perms/append`]: '5',
  });
  assert.deepEqual(
    rowsOf(selinuxSettings, { files }).map(row => [row.scope, row.key, row.value]),
    [
      ['', 'enforce', '1'],
      ['', 'mls', '1'],
      ['', 'policyvers', '33'],
      ['booleans', 'deny_ptrace', 'off'],
      ['booleans', 'httpd_can_network_connect', 'on'],
      ['booleans', 'pending', 'off'],
      ['policy_capabilities', 'open_perms', '1'],
      ['initial_contexts', 'kernel', 'system_u:system_r:kernel_t:s0'],
      ['class', 'file/perms', 'append'],
      ['class', 'file/perms', 'read'],
    ],
  );
  assert.deepEqual(rowsOf(selinuxSettings, { files: machineWith(t, { 'proc/mounts': 'x / ext4 rw 0 0\n' }) }), []);
});

test('reads the profiles of AppArmor, and those nested in them', t => {
  const root = 'sys/kernel/security/apparmor/policy/profiles';
  const profile = (place: string, name: string, digest: Record<string, string>) =>
    Object.fromEntries(
      Object.entries({ name, mode: 'enforce', attach: `/usr/bin/{${name},x}`, ...digest }).map(([file, content]) => [
        `${root}/${place}/${file}`,
        `${content}\n`,
      ]),
    );
  const files = machineWith(t, {
    ...profile('man_groff.1', 'man_groff', { sha1: 'a'.repeat(40) }),
    ...profile('usr.sbin.x.2', 'x', { sha256: 'b'.repeat(64) }),
    ...profile('usr.sbin.x.2/profiles/sub.3', 'sub', {}),
    ...profile('usr.sbin.x.2/profiles/sub.3/profiles/leaf.4', 'leaf', {}),
    [`${root}/vanished.5`]: { directory: true },
  });
  const rows = rowsOf(apparmorProfiles, { files }).toSorted((left, right) =>
    String(left.path) < String(right.path) ? -1 : 1,
  );
  assert.deepEqual(
    rows.map(row => [row.path, row.name, row.sha1 !== '', row.sha256 !== '']),
    [
      ['man_groff', 'man_groff', true, false],
      ['x', 'x', false, true],
      ['x//sub', 'sub', false, false],
      ['x//sub//leaf', 'leaf', false, false],
    ],
  );
  assert.deepEqual([rows[0]?.mode, rows[0]?.attach], ['enforce', '/usr/bin/{man_groff,x}']);
  assert.deepEqual(rowsOf(apparmorProfiles, { files: machineWith(t, {}) }), []);
});
