import { defineTable, text } from '@outpost/sdk';
import { parseAddress } from '../lib/rtnetlink/addresses.ts';
import { linksByIndex } from '../lib/rtnetlink/host.ts';
import { dumpRoute, dumps } from '../lib/sys/rtnetlink.ts';

/** The addresses of this machine, of IPv4 and of IPv6. */
export const interfaceAddresses = defineTable({
  name: 'interface_addresses',
  description: 'IP addresses assigned to network interfaces.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { cacheable: true },
  examples: [
    "select interface, address, mask from interface_addresses where interface <> 'lo'",
    'select d.mac, a.address from interface_details d join interface_addresses a using (interface)',
  ],
  columns: {
    interface: text('Name of the interface, or the label of the address'),
    address: text('The address; with the interface behind % where it means nothing elsewhere'),
    mask: text('Mask of the network'),
    broadcast: text('Address that everybody in the network hears'),
    point_to_point: text('Address of the other end'),
    type: text('Always unknown on Linux'),
    friendly_name: text('Name as users know it', { platforms: ['windows'] }),
  },
  *generate() {
    const links = linksByIndex();
    for (const body of dumpRoute(dumps.addresses)) {
      const address = parseAddress(body, links);
      if (address !== undefined) yield { ...address, type: 'unknown' };
    }
  },
});
