import { attributesAt, numberAttribute, textAttribute } from './attributes.ts';

/** Offsets in `struct ifinfomsg`. */
const header = { type: 2, index: 4, flags: 8, bytes: 16 } as const;
/** IFLA_… of linux/if_link.h. */
const attribute = { address: 1, name: 3, mtu: 4, statistics: 23 } as const;

/** The names of `struct rtnl_link_stats64`, in its order. */
const counters = [
  ...['rxPackets', 'txPackets', 'rxBytes', 'txBytes', 'rxErrors', 'txErrors', 'rxDropped', 'txDropped'],
  ...['multicast', 'collisions'],
] as const;

/** The name of a counter. */
export type Counter = (typeof counters)[number];

/** An interface. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** ARPHRD_…: what kind of hardware. */
  readonly hardwareType: number;
  /** IFF_…: netdevice(7). */
  readonly flags: number;
  readonly mac: string;
  readonly mtu: number;
  /** A counter by its name; undefined where the kernel has none. */
  readonly counter: (name: Counter) => bigint | undefined;
}

/** Hardware addresses have 6 bytes or more; where there are fewer, the kernel has zeros. */
const macBytes = 6;

function macText(address: Buffer): string {
  const bytes = Buffer.alloc(Math.max(macBytes, address.length));
  address.copy(bytes);
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join(':');
}

/** Reads an answer to a dump of links; undefined when it is too short to be one. */
export function parseLink(body: Buffer): Link | undefined {
  if (body.length < header.bytes) return undefined;
  const attributes = attributesAt(body, header.bytes);
  const statistics = attributes.get(attribute.statistics);
  return {
    index: body.readInt32LE(header.index),
    name: textAttribute(attributes, attribute.name) ?? '',
    hardwareType: body.readUInt16LE(header.type),
    flags: body.readUInt32LE(header.flags),
    mac: macText(attributes.get(attribute.address) ?? Buffer.alloc(0)),
    mtu: numberAttribute(attributes, attribute.mtu) ?? 0,
    counter: name => {
      const at = counters.indexOf(name) * 8;
      return statistics !== undefined && at >= 0 && at + 8 <= statistics.length
        ? statistics.readBigUInt64LE(at)
        : undefined;
    },
  };
}
