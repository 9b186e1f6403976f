import type { Bodies } from './declarations.ts';
import { type IpAddress, parseIp, parseIpv4, parseIpv6 } from './ip-address.ts';

/** A block of addresses: its first and its last. */
interface Block {
  readonly first: bigint;
  readonly last: bigint;
}

const parseBlock = (cidr: string, { bits }: IpAddress): Block | undefined => {
  const slash = cidr.indexOf('/');
  const [text, digits] = [cidr.slice(0, slash), cidr.slice(slash + 1)];
  const address = (bits === 32 ? parseIpv4 : parseIpv6)(text);
  if (slash < 0 || address === undefined || !/^\d+$/.test(digits) || Number(digits) > bits) return undefined;
  const hosts = (1n << BigInt(bits - Number(digits))) - 1n;
  return { first: address.value & ~hosts, last: address.value | hosts };
};

/**
 * Whether an address is one that a host of the block may have. Of IPv4 blocks the first and the last address are not,
 * unless there is only one. The IPv6 block of all addresses holds none.
 */
const holds = ({ first, last }: Block, { bits, value }: IpAddress): boolean => {
  if (first === last) return value === first;
  if (bits === 32) return value > first && value < last;
  return last - first + 1n < 1n << 128n && value >= first && value <= last;
};

/** in_cidr_block and inet_aton. */
export const functions = (): Pick<Bodies, 'in_cidr_block' | 'inet_aton'> => ({
  in_cidr_block: (cidr, ip) => {
    if (typeof cidr !== 'string') throw new Error('CIDR must be a string');
    if (typeof ip !== 'string') throw new Error('IP address must be a string');
    const address = parseIp(ip);
    if (address === undefined) throw new Error('IP address cannot be parsed');
    const block = parseBlock(cidr, address);
    if (block === undefined)
      throw new Error(`CIDR for IP address ${address.bits === 32 ? 'v4' : 'v6'} cannot be parsed`);
    return holds(block, address) ? 1n : 0n;
  },
  inet_aton: text => parseIpv4(text)?.value ?? null,
});
