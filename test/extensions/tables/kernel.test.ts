import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { kernelInfo } from '../../../extensions/tables/src/common/kernel_info.ts';
import { parseCommandLine } from '../../../extensions/tables/src/lib/kernel-command-line.ts';
import { parseKeys } from '../../../extensions/tables/src/lib/kernel-keys.ts';
import { parseModules } from '../../../extensions/tables/src/lib/modules.ts';
import { kernelKeys } from '../../../extensions/tables/src/linux/kernel_keys.ts';
import { kernelModules } from '../../../extensions/tables/src/linux/kernel_modules.ts';
import { machineWith, rowsOf } from './machine.ts';

/** What the kernels of distributions say of themselves, and how their boot loaders call them. */
const kernels = [
  {
    version:
      'Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0) #1 SMP Debian 6.1.76-1\n',
    cmdline: 'BOOT_IMAGE=/boot/vmlinuz-6.1.0-18-amd64 root=UUID=5f2b0b7c-6f5f-4a2b-9a0e-0d0d0c0b0a09 ro quiet\n',
    row: ['6.1.0-18-amd64', '/boot/vmlinuz-6.1.0-18-amd64', 'UUID=5f2b0b7c-6f5f-4a2b-9a0e-0d0d0c0b0a09', 'ro quiet'],
  },
  {
    version:
      'Linux version 5.14.0-427.el9.x86_64 (mockbuild@x86-64-02.build) (gcc (GCC) 11.4.1) #1 SMP PREEMPT_DYNAMIC\n',
    cmdline:
      'BOOT_IMAGE=(hd0,gpt2)/vmlinuz-5.14.0-427.el9.x86_64 root=/dev/mapper/rl-root ro crashkernel=1G-4G:192M rd.lvm.lv=rl/root\n',
    row: [
      ...['5.14.0-427.el9.x86_64', '(hd0,gpt2)/vmlinuz-5.14.0-427.el9.x86_64', '/dev/mapper/rl-root'],
      'ro crashkernel=1G-4G:192M rd.lvm.lv=rl/root',
    ],
  },
  {
    version: 'Linux version 6.6.16-0-lts (buildozer@build-3-19-x86_64) (gcc (Alpine 13.2.1) 13.2.1) #1-Alpine SMP\n',
    cmdline: 'modules=ext4  root=LABEL=/ dyndbg="file a.c +p; file b.c +p" x.y="1 2"\n',
    row: ['6.6.16-0-lts', '', 'LABEL=/', 'modules=ext4 dyndbg="file a.c +p; file b.c +p" x.y="1 2"'],
  },
];

for (const { version, cmdline, row } of kernels)
  test(`kernel_info of ${row[0]}`, t => {
    const [found] = rowsOf(kernelInfo, { files: machineWith(t, { 'proc/version': version, 'proc/cmdline': cmdline }) });
    assert.deepEqual([found?.version, found?.path, found?.device, found?.arguments], row);
  });

test('kernel_modules reads the list, with marks of a taint and without', t => {
  const files = machineWith(t, {
    'proc/modules':
      'nf_conntrack 180224 3 nf_nat,xt_conntrack,nft_ct, Live 0xffffffffc0a1d000\n' +
      'nvidia 56717312 84 nvidia_modeset, Live 0xffffffffc1200000 (POE)\n' +
      'dm_mod 184320 0 - Loading 0x0000000000000000\n' +
      'cut short\n',
  });
  assert.deepEqual(rowsOf(kernelModules, { files }), [
    {
      name: 'nf_conntrack',
      size: 180224,
      used_by: 'nf_nat,xt_conntrack,nft_ct,',
      status: 'Live',
      address: '0xffffffffc0a1d000',
    },
    { name: 'nvidia', size: 56717312, used_by: 'nvidia_modeset,', status: 'Live', address: '0xffffffffc1200000' },
    { name: 'dm_mod', size: 184320, used_by: '-', status: 'Loading', address: '0x0000000000000000' },
  ]);
  assert.deepEqual(rowsOf(kernelModules, { files: machineWith(t, {}) }), []);
});

test('kernel_keys reads keys however many words their description has', t => {
  const files = machineWith(t, {
    'proc/keys':
      '009a2028 I--Q---     1 perm 3f010000  1000  1000 user      krb_ccache:primary: 12\n' +
      '1806c4ba I--Q---     1   2d 1f3f0000     0    -1 asymmetri Debian Secure Boot CA: 6ccece7e: X509.rsa []\n' +
      '30c5e21f I------     2 expd 3f030000     0     0 keyring   .fs\n' +
      'nonsense\n',
  });
  const order = ['serial_number', 'flags', 'usage', 'timeout', 'permissions', 'uid', 'gid', 'type', 'description'];
  assert.deepEqual(
    rowsOf(kernelKeys, { files }).map(row => order.map(name => row[name])),
    [
      ['009a2028', 'I--Q---', 1, 'perm', '3f010000', 1000, 1000, 'user', 'krb_ccache:primary: 12'],
      ['1806c4ba', 'I--Q---', 1, '2d', '1f3f0000', 0, -1, 'asymmetri', 'Debian Secure Boot CA: 6ccece7e: X509.rsa []'],
      ['30c5e21f', 'I------', 2, 'expd', '3f030000', 0, 0, 'keyring', '.fs'],
    ],
  );
});

test('no content makes a parser throw', () => {
  const pieces = fc.constantFrom(
    'root=',
    'BOOT_IMAGE=',
    '"',
    ' ',
    '\n',
    '0a1b',
    'I--Q---',
    '12',
    '-',
    'Live',
    '0x0',
    '\0',
  );
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 60 }).map(parts => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 300 }),
  );
  fc.assert(
    fc.property(texts, content => {
      for (const value of Object.values(parseCommandLine(content)))
        assert.ok(!value.includes('\n') || value.includes('"'));
      for (const { size } of parseModules(content)) assert.ok(!Number.isNaN(size));
      for (const { usage, uid, gid } of parseKeys(content))
        assert.ok([usage, uid, gid].every(value => !Number.isNaN(value)));
    }),
  );
});

test('a line of many blanks or quotation marks takes no longer than it is long', () => {
  const start = performance.now();
  parseCommandLine('"'.repeat(50_001));
  parseCommandLine('a'.repeat(50_000));
  assert.deepEqual([...parseKeys(`0a I 1 perm 0 ${' '.repeat(50_000)}`)], []);
  assert.ok(performance.now() - start < 1000);
});
