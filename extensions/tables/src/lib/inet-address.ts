/**
 * The addresses in /proc/net: each 32-bit word of the address in hexadecimal, as a number of the machine's byte order. All machines
 * that Node runs Linux on are little-endian, but s390x.
 */
const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function bytesOf(hex: string): number[] {
  const bytes: number[] = [];
  for (let at = 0; at < hex.length; at += 8) {
    const word = Number.parseInt(hex.slice(at, at + 8), 16) >>> 0;
    const bigEndian = [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255];
    bytes.push(...(littleEndian ? bigEndian.reverse() : bigEndian));
  }
  return bytes;
}

/** The first longest run of two or more zero groups, which `::` stands for (RFC 5952). */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (start + length < groups.length && groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  return best;
}

/** An IPv6 address as inet_ntop(3) writes it. */
function ipv6Text(bytes: ArrayLike<number>): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0));
  const tail = Array.from(bytes).slice(12).join('.');
  if (groups.slice(0, 5).every(group => group === 0)) {
    if (groups[5] === 0xffff) return `::ffff:${tail}`;
    if (groups[5] === 0 && groups[6] !== 0) return `::${tail}`;
  }
  const { start, length } = longestZeros(groups);
  const hex = groups.map(group => group.toString(16));
  if (start < 0) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** The text of an address of 8 (IPv4) or 32 (IPv6) hexadecimal digits; empty for anything else. */
export function addressText(hex: string): string {
  if (!/^(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{32})$/.test(hex)) return '';
  return addressOfBytes(bytesOf(hex));
}

/** The text of an address of 4 or 16 bytes in the order of the network. */
export const addressOfBytes = (bytes: ArrayLike<number>): string =>
  bytes.length === 4 ? Array.from(bytes).join('.') : ipv6Text(bytes);

/** The text of a mask of 4 or 16 bytes whose first `length` bits are set. */
export function maskOfLength(length: number, bytes: number): string {
  const bitsIn = (index: number): number => Math.max(0, Math.min(8, length - index * 8));
  return addressOfBytes(Array.from({ length: bytes }, (_, index) => 0xff & (0xff00 >> bitsIn(index))));
}
