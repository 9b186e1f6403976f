/** An IP address as a number. */
export interface IpAddress {
  /** 32 or 128. */
  readonly bits: 32 | 128;
  readonly value: bigint;
}

const octets = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;
const hexadecimal = /^[0-9a-f]{1,4}$/i;

const parse4 = (text: string): bigint | undefined => {
  const numbers = octets.exec(text)?.slice(1).map(Number);
  if (numbers === undefined || numbers.some(octet => octet > 255)) return undefined;
  return numbers.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
};

/** The groups of one side of `::`; the last may be an IPv4 address, which counts for two. */
const groupsOf = (text: string): number[] | undefined => {
  if (text === '') return [];
  const parts = text.split(':');
  const embedded = parts.at(-1)?.includes('.') ? parse4(parts.pop() ?? '') : null;
  if (embedded === undefined || !parts.every(part => hexadecimal.test(part))) return undefined;
  const groups = parts.map(part => Number.parseInt(part, 16));
  return embedded === null ? groups : [...groups, Number(embedded >> 16n), Number(embedded & 0xffffn)];
};

const parse6 = (text: string): bigint | undefined => {
  const halves = text.replace(/%.*$/, '').split('::');
  const [head, tail] = [groupsOf(halves[0] ?? ''), groupsOf(halves[1] ?? '')];
  if (head === undefined || tail === undefined || halves.length > 2) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  if (halves.length === 2 && (halves[0] ?? '').includes('.')) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
};

/** Reads an IPv4 address of four decimal numbers. */
export const parseIpv4 = (text: string): IpAddress | undefined => {
  const value = parse4(text);
  return value === undefined ? undefined : { bits: 32, value };
};

/** Reads an IPv6 address (RFC 4291, section 2.2), of which a zone is cut off. */
export const parseIpv6 = (text: string): IpAddress | undefined => {
  const value = parse6(text);
  return value === undefined ? undefined : { bits: 128, value };
};

/** Reads an address of either family. */
export const parseIp = (text: string): IpAddress | undefined =>
  text.includes(':') ? parseIpv6(text) : parseIpv4(text);

/** The address in network byte order: 4 or 16 bytes. */
export const bytesOf = ({ bits, value }: IpAddress): Buffer =>
  Buffer.from(value.toString(16).padStart(bits / 4, '0'), 'hex');
