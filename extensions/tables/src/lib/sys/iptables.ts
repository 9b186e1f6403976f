import { Socket, SystemCallError } from './sockets.ts';

const internet = 2;
const raw = 3;
/** A raw socket wants a protocol; nothing is sent. */
const anyProtocol = 255;
const ipLevel = 0;
const timeoutMs = 1000;
/** IPT_SO_GET_INFO and IPT_SO_GET_ENTRIES of linux/netfilter_ipv4/ip_tables.h. */
const options = { info: 64, entries: 65 } as const;
const longestName = 31;
/** `struct ipt_getinfo`: the name, the hooks that are used, where each begins and where its policy is, and the size of all entries. */
const info = { bytes: 84, validHooks: 32, begins: 36, policies: 56, size: 80 } as const;
/** `struct ipt_get_entries`: the name, the size, and the entries. */
const entries = { size: 32, first: 40 } as const;
/** A table of a million rules has some 200 MB. */
const maxBytes = 256 << 20;
/** Between two calls somebody may change the table; the kernel then refuses with EAGAIN. */
const attempts = 4;
const tryAgain = 11;

/** The rules of a table as the kernel has them. */
export interface TableBlob {
  /** A bit for each hook that the table has a chain for. */
  readonly validHooks: number;
  /** Where the chain of each hook begins. */
  readonly begins: readonly number[];
  /** Where the last entry of the chain of each hook, its policy, is. */
  readonly policies: readonly number[];
  readonly entries: Buffer;
}

const numbersAt = (bytes: Buffer, at: number): number[] =>
  [0, 1, 2, 3, 4].map(hook => bytes.readUInt32LE(at + hook * 4));

function readOnce(socket: Socket, table: string): TableBlob {
  const about = Buffer.alloc(info.bytes);
  about.write(table, 0);
  socket.getOption(ipLevel, options.info, about);
  const size = about.readUInt32LE(info.size);
  if (size > maxBytes) throw new RangeError(`the rules of ${table} have ${size} bytes, more than ${maxBytes}`);
  const all = Buffer.alloc(entries.first + size);
  all.write(table, 0);
  all.writeUInt32LE(size, entries.size);
  socket.getOption(ipLevel, options.entries, all);
  return {
    validHooks: about.readUInt32LE(info.validHooks),
    begins: numbersAt(about, info.begins),
    policies: numbersAt(about, info.policies),
    entries: all.subarray(entries.first),
  };
}

/** Reads a table of IPv4 rules, such as `filter`. @throws SystemCallError without CAP_NET_ADMIN, or when there is no such table */
export function readIptables(table: string): TableBlob {
  if (Buffer.byteLength(table) > longestName) throw new RangeError(`${table} is no name of a table`);
  using socket = new Socket({ domain: internet, type: raw, protocol: anyProtocol }, timeoutMs);
  for (let attempt = 1; ; attempt += 1)
    try {
      return readOnce(socket, table);
    } catch (error) {
      if (attempt === attempts || !(error instanceof SystemCallError && error.errno === tryAgain)) throw error;
    }
}
