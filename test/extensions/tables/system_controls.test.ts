import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { configuredControls, parseSysctlConf } from '../../../extensions/tables/src/lib/sysctl.ts';
import { systemControls } from '../../../extensions/tables/src/posix/system_controls.ts';
import { machineWith, rowsOf } from './machine.ts';

const machine = {
  'proc/sys/kernel/hostname': 'box\n',
  'proc/sys/kernel/keys/maxkeys': '200\n',
  'proc/sys/net/ipv4/ip_forward': '0\n',
  'proc/sys/net/ipv4/conf/eth0.100/forwarding': '1\n',
  'proc/sys/net/ipv4/conf/eth0/forwarding': '0\n',
  'proc/sys/vm/min_free_kbytes': '\t67584\t\n',
  'proc/sys/link': { link: '/proc/sys/kernel' },
  'etc/sysctl.d/50-net.conf': '# comment\n; another\nnet/ipv4/ip_forward = 1\n-vm.min_free_kbytes=65536\nno value\n',
  'usr/lib/sysctl.d/50-net.conf': 'net.ipv4.ip_forward = 7\nkernel.hostname = masked\n',
  'usr/lib/sysctl.d/60-last.conf': 'vm.min_free_kbytes = 1\n',
  'run/sysctl.d/10-first.conf': 'vm.min_free_kbytes = 2\nkernel.keys.maxkeys = a = b\n',
  'etc/sysctl.d/readme': 'kernel.hostname = not a setting\n',
} as const;

test('walks the settings and adds what is configured', t => {
  const rows = rowsOf(systemControls, { files: machineWith(t, machine) });
  assert.deepEqual(rows.map(row => [row.name, row.subsystem, row.current_value, row.config_value]).toSorted(), [
    ['kernel.hostname', 'kernel', 'box', ''],
    ['kernel.keys.maxkeys', 'kernel', '200', 'a = b'],
    ['net.ipv4.conf.eth0.100.forwarding', 'net', '1', ''],
    ['net.ipv4.conf.eth0.forwarding', 'net', '0', ''],
    ['net.ipv4.ip_forward', 'net', '0', '1'],
    ['vm.min_free_kbytes', 'vm', '67584', '1'],
  ]);
  assert.ok(rows.every(row => row.type === 'string' && row.oid === ''));
});

test('a name or a subsystem in the query leaves out the others, also where a part of the name has dots', t => {
  const files = machineWith(t, machine);
  const names = (where: Readonly<Record<string, unknown>>) =>
    rowsOf(systemControls, { files, where }).map(row => row.name);
  assert.deepEqual(names({ name: 'net.ipv4.conf.eth0.100.forwarding' }), ['net.ipv4.conf.eth0.100.forwarding']);
  assert.deepEqual(names({ name: ['vm.min_free_kbytes', 'net', '', 'net.ipv4.none', '../../etc/passwd'] }), [
    'vm.min_free_kbytes',
  ]);
  assert.deepEqual(names({ subsystem: ['vm', 'nothing'] }), ['vm.min_free_kbytes']);
});

test('/etc/sysctl.conf has the last word', t => {
  const files = machineWith(t, { ...machine, 'etc/sysctl.conf': 'net.ipv4.ip_forward=3\n' });
  assert.equal(configuredControls(files).get('net.ipv4.ip_forward'), '3');
});

test('a setting that cannot be read has no value', t => {
  const base = machineWith(t, machine);
  const files = {
    root: base.root,
    readdir: base.readdir.bind(base),
    readdirTypes: base.readdirTypes.bind(base),
    readTextIfPresent: () => {
      throw new Error('EPERM');
    },
  };
  const rows = rowsOf(systemControls, { files: files as never });
  assert.deepEqual([rows.length, rows[0]?.current_value, rows[0]?.config_value], [6, undefined, '']);
});

test('no content makes the parser throw', () => {
  const pieces = fc.constantFrom('a', '.', '/', '=', ' ', '-', '#', ';', '\n', '\t');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), parts => {
      for (const [name, value] of parseSysctlConf(parts.join(''))) {
        assert.ok(name !== '' && !/[/=\n]/.test(name));
        assert.equal(value, value.trim());
      }
    }),
  );
});

test('a line of many blanks takes no longer than it is long', () => {
  const start = performance.now();
  for (const line of [`a${' '.repeat(20_000)}b`, `a=${' '.repeat(20_000)}b`]) Array.from(parseSysctlConf(line));
  assert.ok(performance.now() - start < 1000, `${performance.now() - start} ms`);
});
