import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { etcHosts } from '../../../extensions/tables/src/common/etc_hosts.ts';
import { parseHosts } from '../../../extensions/tables/src/lib/hosts.ts';
import { machineWith, rowsOf } from './machine.ts';

const content = `127.0.0.1\tlocalhost  loopback # a comment
# ::2 nowhere
::1 ip6-localhost\r

10.0.0.1
  192.168.0.1   printer#the old one
fe80::1%eth0 router`;

test('gives a row for each address with names', t => {
  const rows = rowsOf(etcHosts, { files: machineWith(t, { 'etc/hosts': content }) });
  assert.deepEqual(
    rows.map(({ address, hostnames }) => [address, hostnames]),
    [
      ['127.0.0.1', 'localhost loopback'],
      ['::1', 'ip6-localhost'],
      ['192.168.0.1', 'printer'],
      ['fe80::1%eth0', 'router'],
    ],
  );
  assert.ok(rows.every(row => row.pid_with_namespace === 0));
});

test('no file gives no rows', t => assert.deepEqual(rowsOf(etcHosts, { files: machineWith(t, {}) }), []));

test("reads a container's file, and its links inside the container", t => {
  const files = machineWith(t, {
    'etc/hosts': '1.1.1.1 outside',
    'etc/real': '1.1.1.1 outside-too',
    'proc/42/ns/mnt': { link: 'mnt:[4026532001]' },
    'proc/42/root/etc/hosts': { link: '/etc/real' },
    'proc/42/root/etc/real': '2.2.2.2 inside',
  });
  assert.deepEqual(rowsOf(etcHosts, { files, where: { pid_with_namespace: 42 } }), [
    { address: '2.2.2.2', hostnames: 'inside', pid_with_namespace: 42 },
  ]);
  const warnings: string[] = [];
  assert.deepEqual(rowsOf(etcHosts, { files, where: { pid_with_namespace: [43, -1] }, warnings }), []);
  assert.equal(warnings.length, 2);
});

test('reads the hosts of this machine', () => assert.ok(Array.isArray(rowsOf(etcHosts))));

test('no content makes the parser throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
      for (const { address, hostnames } of parseHosts(Buffer.from(bytes).toString()))
        assert.ok(address !== '' && hostnames !== '' && !hostnames.includes('#'));
    }),
  );
});
