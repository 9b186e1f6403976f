import { defineTable, integer, text } from '@outpost/sdk';
import { linksByIndex } from '../lib/rtnetlink/host.ts';
import { parseRoute } from '../lib/rtnetlink/routes.ts';
import { dumpRoute, dumps } from '../lib/sys/rtnetlink.ts';

/** Which way packets go: every table of the kernel, of IPv4 and of IPv6. */
export const routes = defineTable({
  name: 'routes',
  description: 'Kernel routing table entries.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { cacheable: true },
  examples: [
    "select gateway, interface from routes where destination in ('0.0.0.0', '::') and type = 'gateway'",
    "select destination, netmask, interface, source from routes where type = 'gateway' order by metric",
  ],
  columns: {
    destination: text('Where to; 0.0.0.0 or :: for anywhere'),
    netmask: integer('Length of the prefix of the destination; 0 for a single address'),
    gateway: text('Router that is next on the way'),
    source: text('Address that packets are sent from'),
    flags: integer('Flags, RTNH_F and RTM_F'),
    interface: text('Interface that packets leave by'),
    mtu: integer('Largest packet in bytes on this way, 0 when not set'),
    metric: integer('The route with the least is taken'),
    type: text('gateway, local, broadcast, anycast or other', { additional: true }),
    hopcount: integer('Hops a packet may take on this way, 0 when not set'),
  },
  *generate() {
    const links = linksByIndex();
    for (const body of dumpRoute(dumps.routes))
      for (const { index, ...route } of parseRoute(body)) yield { ...route, interface: links.get(index)?.name ?? '' };
  },
});
