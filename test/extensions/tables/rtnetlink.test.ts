import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maskOfLength } from '../../../extensions/tables/src/lib/inet-address.ts';
import { parseAddress } from '../../../extensions/tables/src/lib/rtnetlink/addresses.ts';
import { type Link, parseLink } from '../../../extensions/tables/src/lib/rtnetlink/links.ts';
import { parseRoute } from '../../../extensions/tables/src/lib/rtnetlink/routes.ts';
import { fixture } from './fixture.ts';

interface Recorded {
  readonly links: readonly string[];
  readonly addresses: readonly string[];
  readonly routes: readonly string[];
}

/** What Linux 6.18 answered in a network namespace with two pairs of veth, a tun, an alias, a peer, and routes of several kinds. */
const recorded: Recorded = JSON.parse(fixture('network/rtnetlink.json').toString());
const bodies = (kind: keyof Recorded): Buffer[] => recorded[kind].map(body => Buffer.from(body, 'base64'));
const links = new Map(
  bodies('links')
    .map(parseLink)
    .filter((link): link is Link => link !== undefined)
    .map(link => [link.index, link]),
);

test('interfaces: names, hardware addresses, also of one that has none, and counters', () => {
  assert.deepEqual(
    [...links.values()].map(({ name, mac, mtu, hardwareType }) => [name, mac, mtu, hardwareType]),
    [
      ['lo', '00:00:00:00:00:00', 65536, 772],
      ['dumA', '02:00:00:00:00:0a', 1500, 1],
      ['dum0', '02:00:00:00:00:01', 9000, 1],
      ['dumB', '02:00:00:00:00:0b', 1500, 1],
      ['dum1', '02:00:00:00:00:02', 1500, 1],
      ['tun0', '00:00:00:00:00:00', 1500, 65534],
    ],
  );
  const peer = [...links.values()].find(({ name }) => name === 'dumA');
  assert.ok((peer?.counter('rxPackets') ?? 0n) > 0n);
  assert.ok((peer?.counter('rxBytes') ?? 0n) > (peer?.counter('rxPackets') ?? 0n));
});

test('addresses: masks, labels, the other end, and the interface of those that mean something there only', () => {
  const rows = bodies('addresses').map(body => Object.values(parseAddress(body, links) ?? {}));
  const ones = 'ffff:ffff:ffff:ffff';
  assert.deepEqual(rows, [
    ['lo', '127.0.0.1', '255.0.0.0', '', '127.0.0.1'],
    ['dum0', '10.1.2.3', '255.255.255.0', '10.1.2.255', ''],
    ['dum0:1', '10.1.2.4', '255.255.255.0', '10.1.2.255', ''],
    ['dum1', '10.9.0.1', '255.255.255.255', '10.9.0.2', ''],
    ['lo', '::1', `${ones}:${ones}`, '', ''],
    ['dumA', 'fe80::ff:fe00:a%dumA', `${ones}::`, '', ''],
    ['dum0', '2001:db8::1', `${ones}::`, '', ''],
    ['dum0', 'fe80::ff:fe00:1%dum0', `${ones}::`, '', ''],
    ['dumB', 'fe80::ff:fe00:b%dumB', `${ones}::`, '', ''],
    ['dum1', 'fe80::ff:fe00:2%dum1', `${ones}::`, '', ''],
  ]);
});

test('routes: gateways of both families, several hops, metrics, other tables, and ways that lead nowhere', () => {
  const rows = bodies('routes').flatMap(parseRoute);
  const to = (destination: string) =>
    rows
      .filter(route => route.destination === destination)
      .map(({ netmask, gateway, source, type, mtu, metric, hopcount, index }) =>
        [netmask, gateway, source, type, mtu, metric, hopcount, links.get(index)?.name ?? ''].join(' '),
      );
  assert.deepEqual(to('0.0.0.0'), ['0 10.1.2.1 10.1.2.4 gateway 1400 50 33 dum0']);
  assert.deepEqual(to('172.16.0.0'), ['12 10.1.2.1  gateway 0 0 0 dum0', '12 10.1.2.2  gateway 0 0 0 dum0']);
  assert.deepEqual(to('198.51.100.0'), ['24 2001:db8::99  gateway 0 0 0 dum0']);
  assert.deepEqual(to('203.0.113.0'), ['24   other 0 0 0 ']);
  assert.deepEqual(to('192.168.9.9'), ['0   gateway 0 0 0 dum1']);
  assert.deepEqual(to('10.1.2.255'), ['0  10.1.2.3 broadcast 0 0 0 dum0']);
  assert.deepEqual(to('::'), ['0 2001:db8::ffff  gateway 0 7 0 dum0']);
  assert.deepEqual(to('::1'), ['0   local 0 0 0 lo']);
});

test('the prefix of a network of IPv6 may be as long as an address of IPv4', () => {
  const network = Buffer.from('0a20000000000001000000001400010020010db8000000000000000000000000', 'hex');
  assert.deepEqual(
    parseRoute(network).map(({ destination, netmask }) => [destination, netmask]),
    [['2001:db8::', 32]],
  );
});

test('masks of every length', () => {
  assert.equal(maskOfLength(0, 4), '0.0.0.0');
  assert.equal(maskOfLength(9, 4), '255.128.0.0');
  assert.equal(maskOfLength(32, 4), '255.255.255.255');
  assert.equal(maskOfLength(65, 16), 'ffff:ffff:ffff:ffff:8000::');
});

test('whatever bytes come, they are read without an error', () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)),
    fc
      .tuple(
        fc.constantFrom(...bodies('links'), ...bodies('addresses'), ...bodies('routes')),
        fc.nat(),
        fc.nat(255),
        fc.nat(),
      )
      .map(([original, at, byte, length]) => {
        const changed = Buffer.from(original.subarray(0, length % (original.length + 1)));
        if (changed.length > 0) changed[at % changed.length] = byte;
        return changed;
      }),
  );
  fc.assert(
    fc.property(body, bytes => {
      parseLink(bytes)?.counter('collisions');
      parseAddress(bytes, links);
      parseRoute(bytes);
    }),
  );
});
