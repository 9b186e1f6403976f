import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { arpCache } from '../../../extensions/tables/src/common/arp_cache.ts';
import { etcProtocols } from '../../../extensions/tables/src/common/etc_protocols.ts';
import { etcServices } from '../../../extensions/tables/src/common/etc_services.ts';
import { interfaceIpv6 } from '../../../extensions/tables/src/common/interface_ipv6.ts';
import { parseNetdb } from '../../../extensions/tables/src/lib/netdb.ts';
import { parseResolvConf } from '../../../extensions/tables/src/lib/resolver.ts';
import { dnsResolvers } from '../../../extensions/tables/src/posix/dns_resolvers.ts';
import { machineWith, rowsOf } from './machine.ts';

test('arp_cache: neighbours as the kernel lists them', t => {
  const files = machineWith(t, {
    'proc/net/arp': `IP address       HW type     Flags       HW address            Mask     Device
192.0.2.1        0x1         0x2         02:fc:00:00:00:05     *        eth0
192.0.2.9        0x1         0x6         02:fc:00:00:00:09     *        eth0
192.0.2.7        0x1         0x0         00:00:00:00:00:00     *        eth1
cut off          0x1
`,
  });
  assert.deepEqual(rowsOf(arpCache, { files }), [
    { address: '192.0.2.1', mac: '02:fc:00:00:00:05', interface: 'eth0', permanent: '0' },
    { address: '192.0.2.9', mac: '02:fc:00:00:00:09', interface: 'eth0', permanent: '1' },
    { address: '192.0.2.7', mac: '00:00:00:00:00:00', interface: 'eth1', permanent: '0' },
  ]);
});

test('etc_protocols: names, numbers, aliases, comments', t => {
  const files = machineWith(t, {
    'etc/protocols': `# Internet protocols
ip\t0\tIP\t\t# internet protocol, pseudo # number
tcp 6
hopopt\tzero
lonely
  ipv6-icmp 58 IPv6-ICMP icmp6 #
`,
  });
  assert.deepEqual(rowsOf(etcProtocols, { files }), [
    { name: 'ip', number: 0, alias: 'IP', comment: 'internet protocol, pseudo # number' },
    { name: 'tcp', number: 6, alias: '', comment: '' },
    { name: 'ipv6-icmp', number: 58, alias: 'IPv6-ICMP icmp6', comment: '' },
  ]);
});

test('etc_services: names, ports, protocols, aliases, comments', t => {
  const files = machineWith(t, {
    'etc/services': 'ssh 22/tcp # SSH Remote Login Protocol\r\nsink 9/udp  sink  null\nbad port/tcp\nworse 22\n',
  });
  assert.deepEqual(rowsOf(etcServices, { files }), [
    { name: 'ssh', port: 22, protocol: 'tcp', aliases: '', comment: 'SSH Remote Login Protocol' },
    { name: 'sink', port: 9, protocol: 'udp', aliases: 'sink null', comment: '' },
  ]);
});

/** The settings of one interface, as files below /proc/sys/net/ipv6/conf. */
const ipv6 = (name: string, forwarding: number, redirects: number, advertisements: number) =>
  Object.fromEntries(
    Object.entries({ forwarding, accept_redirects: redirects, accept_ra: advertisements, hop_limit: 64 }).map(
      ([setting, value]) => [`proc/sys/net/ipv6/conf/${name}/${setting}`, `${value}\n`],
    ),
  );

test('interface_ipv6: what is set for all counts too, and a router listens only when told to', t => {
  const files = machineWith(t, {
    ...ipv6('all', 0, 1, 1),
    ...ipv6('default', 0, 1, 1),
    ...ipv6('eth0', 0, 0, 1),
    ...ipv6('eth1', 1, 0, 1),
    ...ipv6('eth2', 1, 1, 2),
  });
  const rows = rowsOf(interfaceIpv6, { files }).map(row => [
    ...[row.interface, row.hop_limit, row.forwarding_enabled, row.redirect_accept, row.rtadv_accept],
  ]);
  assert.deepEqual(rows.toSorted(), [
    ['eth0', 64, 0, 1, 1],
    ['eth1', 64, 1, 0, 0],
    ['eth2', 64, 1, 1, 1],
  ]);
});

const resolvConf = `; a comment
nameserver 192.0.2.53
nameserver fe80::1%eth0
nameserver example.org
nameserver 2001:db8::1
nameserver 192.0.2.54
domain example.com
search example.org sub.example.org
sortlist 130.155.160.0/255.255.240.0 130.155.0.0 nothing
options timeout:2 rotate edns0
 nameserver 192.0.2.99
`;

test('dns_resolvers: name servers, networks, domains and the options of all', t => {
  const rows = rowsOf(dnsResolvers, { files: machineWith(t, { 'etc/resolv.conf': resolvConf }) });
  assert.deepEqual(
    rows.map(row => [row.id, row.type, row.address, row.netmask]),
    [
      [0, 'nameserver', '192.0.2.53', '32'],
      [1, 'nameserver', 'fe80::1%eth0', '128'],
      [2, 'nameserver', '2001:db8::1', '128'],
      [0, 'sortlist', '130.155.160.0', '255.255.240.0'],
      [1, 'sortlist', '130.155.0.0', '255.255.0.0'],
      [0, 'search', 'example.org', ''],
      [1, 'search', 'sub.example.org', ''],
    ],
  );
  assert.ok(rows.every(({ options }) => options === 0x2c1 + 0x4000 + 0x10_0000));
});

test('no file gives no rows', t => {
  const files = machineWith(t, {});
  for (const table of [arpCache, etcProtocols, etcServices, interfaceIpv6, dnsResolvers])
    assert.deepEqual(rowsOf(table, { files }), []);
});

test('no content makes a parser throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), content => {
      for (const { name, value } of parseNetdb(content)) assert.ok(name !== '' && value !== '');
      assert.ok(parseResolvConf(content).nameservers.length <= 3);
      parseResolvConf(`options ${content}\nsortlist ${content}\nsearch ${content}`);
    }),
  );
});
