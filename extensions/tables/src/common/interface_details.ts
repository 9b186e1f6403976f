import { bigint, defineTable, type FileView, integer, text } from '@outpost/sdk';
import { quietly } from '../lib/quietly.ts';
import { linksByIndex } from '../lib/rtnetlink/host.ts';
import type { Link } from '../lib/rtnetlink/links.ts';
import { busOf } from '../lib/sys/ethtool.ts';

/** Flags whose value counts as somebody has set it, not as it has come to be: those of netdevice(7) that ifconfig can change. */
const settableFlags = 0xf3a5;

const setting = (files: FileView, { name }: Link, file: string): number =>
  Number(quietly(() => files.readTextIfPresent(`/sys/class/net/${name}/${file}`)) ?? Number.NaN);

function flagsOf(files: FileView, link: Link): number {
  const set = setting(files, link, 'flags');
  return Number.isNaN(set) ? link.flags : ((link.flags & ~settableFlags) | (set & settableFlags)) >>> 0;
}

/** In Mbit/s; the kernel says -1 or nothing where it does not know. */
function speedOf(files: FileView, link: Link): number {
  const speed = setting(files, link, 'speed');
  return speed > 0 && speed < 0xffff_ffff ? speed : 0;
}

/** The interfaces of this machine. */
export const interfaceDetails = defineTable({
  name: 'interface_details',
  description: 'Link-level properties and counters of network interfaces.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { cacheable: true },
  examples: [
    'select interface, mac, mtu, link_speed from interface_details',
    'select interface, ibytes, obytes, ierrors + oerrors as errors from interface_details order by ibytes desc',
    'select interface from interface_details where flags & 256 <> 0',
  ],
  columns: {
    interface: text('Name of the interface'),
    mac: text('Hardware address', { collate: 'nocase' }),
    type: integer('Kind of hardware, the lower 8 bits of ARPHRD: 1 Ethernet'),
    mtu: integer('Largest packet in bytes'),
    metric: integer('Always 0 on Linux'),
    flags: integer('Flags, those of netdevice(7): 1 up, 256 promiscuous'),
    ipackets: bigint('Packets received'),
    opackets: bigint('Packets sent'),
    ibytes: bigint('Bytes received'),
    obytes: bigint('Bytes sent'),
    ierrors: bigint('Errors on receiving'),
    oerrors: bigint('Errors on sending'),
    idrops: bigint('Packets received and dropped'),
    odrops: bigint('Packets dropped instead of sent'),
    collisions: bigint('Collisions'),
    last_change: bigint('Always -1 on Linux'),
    link_speed: bigint('Speed in Mbit/s, 0 where it is unknown'),
    pci_slot: text('Place of the device on its bus, -1 where there is none'),
    friendly_name: text('Name as users know it', { platforms: ['windows'] }),
    description: text('What it is', { platforms: ['windows'] }),
    manufacturer: text('Who made it', { platforms: ['windows'] }),
    connection_id: text('Name of the connection', { platforms: ['windows'] }),
    connection_status: text('State of the connection', { platforms: ['windows'] }),
    enabled: integer('1 when it is enabled', { platforms: ['windows'] }),
    physical_adapter: integer('1 when it is hardware', { platforms: ['windows'] }),
    speed: integer('Speed in bit/s', { platforms: ['windows'] }),
    service: text('Name of the service', { platforms: ['windows'] }),
    dhcp_enabled: integer('1 when DHCP is used', { platforms: ['windows'] }),
    dhcp_lease_expires: text('End of the lease', { platforms: ['windows'] }),
    dhcp_lease_obtained: text('Start of the lease', { platforms: ['windows'] }),
    dhcp_server: text('Address of the DHCP server', { platforms: ['windows'] }),
    dns_domain: text('Domain', { platforms: ['windows'] }),
    dns_domain_suffix_search_order: text('Domains that are searched', { platforms: ['windows'] }),
    dns_host_name: text('Name of the machine', { platforms: ['windows'] }),
    dns_server_search_order: text('Servers that are asked', { platforms: ['windows'] }),
  },
  *generate(context) {
    for (const link of linksByIndex().values())
      yield {
        interface: link.name,
        mac: link.mac,
        type: link.hardwareType & 0xff,
        mtu: link.mtu,
        metric: 0,
        flags: context.used('flags') ? flagsOf(context.files, link) : null,
        ipackets: link.counter('rxPackets'),
        opackets: link.counter('txPackets'),
        ibytes: link.counter('rxBytes'),
        obytes: link.counter('txBytes'),
        ierrors: link.counter('rxErrors'),
        oerrors: link.counter('txErrors'),
        idrops: link.counter('rxDropped'),
        odrops: link.counter('txDropped'),
        collisions: link.counter('collisions'),
        last_change: -1,
        // Asking the driver may take long, so only where somebody wants to know.
        link_speed: context.used('link_speed') ? speedOf(context.files, link) : null,
        pci_slot: context.used('pci_slot') ? quietly(() => busOf(link.name)) || '-1' : null,
      };
  },
});
