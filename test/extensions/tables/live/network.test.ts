import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interfaceAddresses } from '../../../../extensions/tables/src/common/interface_addresses.ts';
import { interfaceDetails } from '../../../../extensions/tables/src/common/interface_details.ts';
import { routes } from '../../../../extensions/tables/src/common/routes.ts';
import { rowsOf } from '../machine.ts';
import { linesOf, withTools } from './tools.ts';

const ip = '/usr/sbin/ip';
/** What `ip -json` prints: objects whose members are checked one by one. */
const asked = (...args: string[]): Record<string, unknown>[] =>
  JSON.parse(linesOf(ip, '-json', ...args).join('\n') || '[]');
const text = (value: unknown): string => (value === undefined ? '' : String(value));

test('interfaces agree with ip', withTools(ip), () => {
  const rows = rowsOf(interfaceDetails).map(({ interface: name, mac, mtu }) => [name, mac, mtu]);
  const expected = asked('link').map(({ ifname, address, mtu }) => [ifname, address ?? '00:00:00:00:00:00', mtu]);
  assert.deepEqual(rows, expected);
});

test('counters grow as those of ip do', withTools(ip), () => {
  const before = rowsOf(interfaceDetails);
  const between = asked('-s', 'link') as {
    ifname: string;
    stats64: { rx: Record<string, number>; tx: Record<string, number> };
  }[];
  const after = rowsOf(interfaceDetails);
  for (const { ifname, stats64 } of between)
    for (const [column, seen] of [
      ['ibytes', stats64.rx.bytes],
      ['opackets', stats64.tx.packets],
      ['idrops', stats64.rx.dropped],
    ] as const) {
      const at = (rows: typeof before): bigint => BigInt(text(rows.find(row => row.interface === ifname)?.[column]));
      assert.ok(at(before) <= BigInt(seen ?? -1) && BigInt(seen ?? -1) <= at(after), `${column} of ${ifname}`);
    }
});

test('addresses agree with ip', withTools(ip), () => {
  const expected = asked('addr').flatMap(({ ifname, addr_info }) =>
    (addr_info as Record<string, unknown>[]).map(({ local, broadcast, label, scope, family }) => {
      const linkLocal = family === 'inet6' && scope === 'link';
      return `${label ?? ifname} ${local}${linkLocal ? `%${ifname}` : ''} ${text(broadcast)}`;
    }),
  );
  const rows = rowsOf(interfaceAddresses).map(row => `${row.interface} ${row.address} ${row.broadcast}`);
  assert.deepEqual(rows.toSorted(), expected.toSorted());
});

test('routes agree with ip', withTools(ip), () => {
  const types: Record<string, string> = {
    unicast: 'gateway',
    local: 'local',
    broadcast: 'broadcast',
    anycast: 'anycast',
  };
  const shown = (family: string, anywhere: string): string[] =>
    asked(family, '-details', 'route', 'show', 'table', 'all').map(({ dst, gateway, dev, metric, type }) => {
      const [destination, length = '0'] = text(dst === 'default' ? anywhere : dst).split('/');
      return [destination, length, text(gateway), dev, metric ?? 0, types[text(type)] ?? 'other'].join(' ');
    });
  const rows = rowsOf(routes).map(row =>
    [row.destination, row.netmask, row.gateway, row.interface, row.metric, row.type].join(' '),
  );
  assert.deepEqual(rows.toSorted(), [...shown('-4', '0.0.0.0'), ...shown('-6', '::')].toSorted());
});
