import { addressOfBytes } from '../inet-address.ts';
import { type Attributes, attributesAt, numberAttribute } from './attributes.ts';

/** Offsets in `struct rtmsg`. */
const header = { family: 0, prefix: 1, type: 7, flags: 8, bytes: 12 } as const;
/** RTA_… of linux/rtnetlink.h. */
const attribute = { destination: 1, out: 4, gateway: 5, priority: 6, source: 7, metrics: 8, hops: 9, via: 18 } as const;
/** RTAX_… in the attribute `metrics`. */
const metric = { mtu: 2, hopLimit: 10 } as const;
/** `struct rtnexthop`. */
const nextHop = { flags: 2, index: 4, bytes: 8 } as const;
/** What leads anywhere, and the length of the prefix of a single address. */
const families = new Map([
  [2, { anywhere: '0.0.0.0', longest: 32 }],
  [10, { anywhere: '::', longest: 128 }],
]);
/** RTN_… of linux/rtnetlink.h. */
const types: ReadonlyMap<number, string> = new Map([
  [1, 'gateway'],
  [2, 'local'],
  [3, 'broadcast'],
  [4, 'anycast'],
]);

/** A way that packets take. */
export interface Route {
  readonly destination: string;
  /** Length of the prefix; 0 for the route to one address. */
  readonly netmask: number;
  readonly gateway: string;
  readonly source: string;
  readonly flags: number;
  /** Number of the interface; 0 for none. */
  readonly index: number;
  readonly mtu: number;
  readonly metric: number;
  readonly type: string;
  readonly hopcount: number;
}

const text = (value: Buffer | undefined): string =>
  value?.length === 4 || value?.length === 16 ? addressOfBytes(value) : '';

/** The next router: of the same family, or, behind two bytes that name it, of another. */
const gatewayOf = (attributes: Attributes): string =>
  text(attributes.get(attribute.gateway)) || text(attributes.get(attribute.via)?.subarray(2));

type Hop = Pick<Route, 'gateway' | 'index' | 'flags'>;

/** The hops of a route that packets share. */
function* hopsIn(hops: Buffer): Generator<Hop> {
  for (let at = 0; at + nextHop.bytes <= hops.length; ) {
    const length = hops.readUInt16LE(at);
    if (length < nextHop.bytes || at + length > hops.length) return;
    const attributes = attributesAt(hops.subarray(at, at + length), nextHop.bytes);
    yield {
      gateway: gatewayOf(attributes),
      index: hops.readInt32LE(at + nextHop.index),
      flags: hops.readUInt8(at + nextHop.flags),
    };
    at += (length + 3) & ~3;
  }
}

/** Reads an answer to a dump of routes: a route for each of its hops. */
export function parseRoute(body: Buffer): Route[] {
  const family = body.length < header.bytes ? undefined : families.get(body.readUInt8(header.family));
  if (family === undefined) return [];
  const attributes = attributesAt(body, header.bytes);
  const metrics = attributesAt(attributes.get(attribute.metrics) ?? Buffer.alloc(0), 0);
  const prefix = body.readUInt8(header.prefix);
  const route = {
    destination: text(attributes.get(attribute.destination)) || family.anywhere,
    netmask: prefix === family.longest ? 0 : prefix,
    source: text(attributes.get(attribute.source)),
    mtu: numberAttribute(metrics, metric.mtu) ?? 0,
    metric: numberAttribute(attributes, attribute.priority) ?? 0,
    type: types.get(body.readUInt8(header.type)) ?? 'other',
    hopcount: numberAttribute(metrics, metric.hopLimit) ?? 0,
  };
  const own: Hop = {
    gateway: gatewayOf(attributes),
    index: numberAttribute(attributes, attribute.out) ?? 0,
    flags: body.readUInt32LE(header.flags),
  };
  const shared = [...hopsIn(attributes.get(attribute.hops) ?? Buffer.alloc(0))];
  return (shared.length > 0 ? shared : [own]).map(hop => ({ ...route, ...hop }));
}
