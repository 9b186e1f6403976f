import { addressOfBytes } from '../inet-address.ts';

/** Offsets in `struct ipt_entry` (linux/netfilter_ipv4/ip_tables.h) of a 64-bit machine. */
const layout = {
  ...{ source: 0, destination: 4, sourceMask: 8, destinationMask: 12, in: 16, out: 32, inMask: 48, outMask: 64 },
  ...{ protocol: 80, inverted: 83, target: 88, next: 90, packets: 96, bytes: 104, matches: 112 },
} as const;
/** Offsets in a match or target: its size, its name, what it is told. */
const part = { size: 0, name: 2, nameEnd: 31, data: 32 } as const;
const nameBytes = 16;

/** Bits of `inverted`: what a rule says about them it means the other way round. */
const inverted = { in: 0x01, out: 0x02, source: 0x08, destination: 0x10 } as const;
/** Where, behind the ports of a match on them, the bits are that invert source and destination; it differs by protocol. */
const portInversion: ReadonlyMap<string, number> = new Map([
  ['tcp', 11],
  ['udp', 8],
]);

/** A rule, or what stands for a chain's beginning or policy, with the columns of the table `iptables`. */
export interface Entry {
  readonly offset: number;
  /** Where the entry after it is. */
  readonly next: number;
  /** Name of the target; empty for a verdict or a jump. */
  readonly target: string;
  /** The verdict (below 0) or the offset that is jumped to, where the target has no name. */
  readonly verdict: number;
  /** The text behind the target `ERROR`: the name of a chain. */
  readonly label: string;
  readonly counters: { readonly packets: bigint; readonly bytes: bigint };
  readonly columns: {
    readonly protocol: number;
    readonly src_port: string;
    readonly dst_port: string;
    readonly src_ip: string;
    readonly src_mask: string;
    readonly iniface: string;
    readonly iniface_mask: string;
    readonly dst_ip: string;
    readonly dst_mask: string;
    readonly outiface: string;
    readonly outiface_mask: string;
  };
}

const textAt = (bytes: Buffer, from: number, to: number): string =>
  bytes.toString('latin1', from, to).replace(/\0.*$/s, '');
const not = (flags: number, bit: number): string => ((flags & bit) === 0 ? '' : '!');

/** A mask of a name in hexadecimal, up to its first zero. */
function maskText(mask: Buffer): string {
  const end = mask.indexOf(0);
  return mask.toString('hex', 0, end < 0 ? mask.length : end).toUpperCase();
}

/** The ranges of ports in the matches of a rule, empty without such a match. */
function portsOf(matches: Buffer): readonly [source: string, destination: string] {
  for (let at = 0; at + part.data <= matches.length; ) {
    const size = matches.readUInt16LE(at + part.size);
    const name = textAt(matches, at + part.name, at + part.nameEnd);
    const inversion = portInversion.get(name);
    const data = matches.subarray(at + part.data, at + size);
    if (inversion !== undefined && data.length > inversion) {
      const flags = data.readUInt8(inversion);
      const range = (from: number, bit: number): string =>
        `${not(flags, bit)}${data.readUInt16LE(from)}:${data.readUInt16LE(from + 2)}`;
      return [range(0, 1), range(4, 2)];
    }
    if (size < part.data) break;
    at += size;
  }
  return ['', ''];
}

function columnsOf(entry: Buffer, target: number): Entry['columns'] {
  const flags = entry.readUInt8(layout.inverted);
  const address = (at: number): string => addressOfBytes(entry.subarray(at, at + 4));
  const mask = (at: number): string => maskText(entry.subarray(at, at + nameBytes));
  const face = (at: number, bit: number): string => {
    const name = textAt(entry, at, at + nameBytes);
    return name === '' ? 'all' : not(flags, bit) + name;
  };
  const [src_port, dst_port] = portsOf(entry.subarray(layout.matches, target));
  return {
    protocol: entry.readUInt16LE(layout.protocol),
    ...{ src_port, dst_port },
    src_ip: not(flags, inverted.source) + address(layout.source),
    src_mask: address(layout.sourceMask),
    iniface: face(layout.in, inverted.in),
    iniface_mask: mask(layout.inMask),
    dst_ip: not(flags, inverted.destination) + address(layout.destination),
    dst_mask: address(layout.destinationMask),
    outiface: face(layout.out, inverted.out),
    outiface_mask: mask(layout.outMask),
  };
}

/** The entries of a table. @throws RangeError when one is cut off */
export function* parseEntries(bytes: Buffer): Generator<Entry> {
  for (let offset = 0; offset < bytes.length; ) {
    const head = bytes.subarray(offset);
    if (head.length < layout.matches) throw new RangeError('an entry of iptables is cut off');
    const size = head.readUInt16LE(layout.next);
    const target = head.readUInt16LE(layout.target);
    if (target < layout.matches || size < target + part.data + 4 || size > head.length)
      throw new RangeError('an entry of iptables has parts outside of it');
    const entry = head.subarray(0, size);
    yield {
      offset,
      next: offset + size,
      target: textAt(entry, target + part.name, target + part.nameEnd),
      verdict: entry.readInt32LE(target + part.data),
      label: textAt(entry, target + part.data, Math.min(size, target + part.data + 30)),
      counters: {
        packets: entry.readBigUInt64LE(layout.packets),
        bytes: entry.readBigUInt64LE(layout.bytes),
      },
      columns: columnsOf(entry, target),
    };
    offset += size;
  }
}
