import { addressOfBytes, maskOfLength } from '../inet-address.ts';
import { attributesAt, textAttribute } from './attributes.ts';
import type { Link } from './links.ts';

/** Offsets in `struct ifaddrmsg`. */
const header = { family: 0, prefix: 1, index: 4, bytes: 8 } as const;
/** IFA_… of linux/if_addr.h. */
const attribute = { address: 1, local: 2, label: 3, broadcast: 4 } as const;
/** IFF_BROADCAST of netdevice(7). */
const broadcastFlag = 0x2;
const families: ReadonlyMap<number, number> = new Map([
  [2, 4],
  [10, 16],
]);

/** An address of an interface. */
export interface InterfaceAddress {
  readonly interface: string;
  readonly address: string;
  readonly mask: string;
  readonly broadcast: string;
  readonly point_to_point: string;
}

/** Whether an IPv6 address means something on its link only: fe80::/10, or a multicast group of link or interface. */
const isLinkLocal = ([first = 0, second = 0]: Uint8Array): boolean =>
  (first === 0xfe && (second & 0xc0) === 0x80) || (first === 0xff && [1, 2].includes(second & 0x0f));

/**
 * Reads an answer to a dump of addresses as getifaddrs(3) would: `local` is the address where there are both, and the other end or, where the interface
 * has such, the broadcast address is what is left.
 */
export function parseAddress(body: Buffer, links: ReadonlyMap<number, Link>): InterfaceAddress | undefined {
  const bytes = body.length < header.bytes ? undefined : families.get(body.readUInt8(header.family));
  if (bytes === undefined) return undefined;
  const attributes = attributesAt(body, header.bytes);
  const link = links.get(body.readUInt32LE(header.index));
  const text = (value: Buffer | undefined): string => {
    if (value?.length !== bytes) return '';
    return addressOfBytes(value) + (bytes === 16 && isLinkLocal(value) ? `%${link?.name ?? ''}` : '');
  };
  const local = attributes.get(attribute.local);
  const address = attributes.get(attribute.address);
  const other = text(attributes.get(attribute.broadcast) ?? (local === undefined ? undefined : address));
  const isBroadcast = ((link?.flags ?? 0) & broadcastFlag) !== 0;
  return {
    interface: textAttribute(attributes, attribute.label) ?? link?.name ?? '',
    address: text(local ?? address),
    mask: maskOfLength(body.readUInt8(header.prefix), bytes),
    broadcast: isBroadcast ? other : '',
    point_to_point: isBroadcast ? '' : other,
  };
}
