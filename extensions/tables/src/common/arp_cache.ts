import { defineTable, text } from '@outpost/sdk';
import { trimmedLines } from '../lib/lines.ts';

/** The entry is complete and stays until it is removed: ATF_COM and ATF_PERM of if_arp.h. */
const permanentFlags = '0x6';

/** The kernel's table of IPv4 neighbours, as /proc/net/arp (proc(5)) lists it. */
export const arpCache = defineTable({
  name: 'arp_cache',
  description: 'IPv4 neighbour entries known to the kernel.',
  platforms: ['linux', 'macos', 'windows'],
  examples: ["select address, mac from arp_cache where interface = 'eth0'"],
  columns: {
    address: text('IPv4 address of the neighbour'),
    mac: text('Hardware address of the neighbour; all zeros while it is being asked for', { collate: 'nocase' }),
    interface: text('Interface the neighbour is reached by'),
    permanent: text('1 when the entry stays until somebody removes it, else 0'),
  },
  *generate(context) {
    // Columns: IP address, HW type, Flags, HW address, Mask, Device. The first line names them.
    const [, ...entries] = trimmedLines(context.files.readTextIfPresent('/proc/net/arp') ?? '');
    for (const entry of entries) {
      const [address, , flags, mac, , device] = entry.split(/\s+/);
      if (device !== undefined)
        yield { address, mac, interface: device, permanent: flags === permanentFlags ? '1' : '0' };
    }
  },
});
