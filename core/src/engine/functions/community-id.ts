import { hash } from 'node:crypto';
import type { SqlValue } from '../native.ts';
import type { Bodies, FunctionEnvironment } from './declarations.ts';
import { bytesOf, type IpAddress, parseIp } from './ip-address.ts';

/** One end of a flow. */
interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
}

class InvalidFlow extends Error {
  constructor(what: string) {
    super(`Community ID ${what}`);
  }
}

const addressOf = (name: 'saddr' | 'daddr', text: string): IpAddress => {
  const address = parseIp(text);
  if (address === undefined) throw new InvalidFlow(`${name} cannot be parsed as IP`);
  return address;
};

const integerOf = (value: SqlValue | undefined, what: string): bigint => {
  if (typeof value === 'bigint') return value;
  throw new InvalidFlow(what);
};

const portsOf = (...ports: readonly (SqlValue | undefined)[]): number[] => {
  const integers = ports.map(port => integerOf(port, 'ports must be integers'));
  if (integers.some(port => port < 0n || port > 0xffffn)) throw new InvalidFlow('ports must fit in 2 bytes');
  return integers.map(Number);
};

const protocolOf = (value: SqlValue | undefined): number => {
  const protocol = integerOf(value, 'protocol must be an integer');
  if (protocol < 0n || protocol > 0xffn) throw new InvalidFlow('protocol must fit in 1 byte');
  return Number(protocol);
};

/** The seed counts as signed, so its upper half cannot be written as a positive number. */
const seedOf = (value: SqlValue | undefined): number => {
  if (value === undefined) return 0;
  const seed = integerOf(value, 'seed must be an integer');
  if (seed < -0x8000n || seed > 0x7fffn) throw new InvalidFlow('seed must fit in 2 bytes');
  return Number(seed) & 0xffff;
};

/** IPv4 comes before IPv6, then the lower address, then the lower port. */
const isAfter = (left: Endpoint, right: Endpoint): boolean => {
  if (left.address.bits !== right.address.bits) return left.address.bits > right.address.bits;
  if (left.address.value !== right.address.value) return left.address.value > right.address.value;
  return left.port > right.port;
};

const uint16 = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff);

/**
 * Community ID version 1 of a flow (corelight/community-id-spec), without its mapping of ICMP types to ports.
 * @throws InvalidFlow
 */
const communityId = ([saddr, daddr, sport, dport, proto, seedValue]: readonly SqlValue[]): string => {
  if (typeof saddr !== 'string' || typeof daddr !== 'string') throw new InvalidFlow('IPs must be strings');
  const [source, destination] = [addressOf('saddr', saddr), addressOf('daddr', daddr)];
  const [sourcePort = 0, destinationPort = 0] = portsOf(sport, dport);
  const ends = [
    { address: source, port: sourcePort },
    { address: destination, port: destinationPort },
  ] as const;
  const [first, second] = isAfter(ends[0], ends[1]) ? [ends[1], ends[0]] : ends;
  const protocol = protocolOf(proto);
  const flow = [
    uint16(seedOf(seedValue)),
    bytesOf(first.address),
    bytesOf(second.address),
    Buffer.of(protocol, 0),
    uint16(first.port),
    uint16(second.port),
  ];
  return `1:${hash('sha1', Buffer.concat(flow), 'base64')}`;
};

/** community_id_v1, which gives NULL and a warning for what is no flow, and its strict form, which fails. */
export const functions = ({
  warn,
}: FunctionEnvironment): Pick<Bodies, 'community_id_v1' | 'community_id_v1_strict'> => ({
  community_id_v1: (...values) => {
    try {
      return communityId(values);
    } catch (error) {
      if (!(error instanceof InvalidFlow)) throw error;
      warn('community_id_v1', error.message);
      return null;
    }
  },
  community_id_v1_strict: (...values) => communityId(values),
});
