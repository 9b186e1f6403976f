import type { FileView } from '@outpost/sdk';

/** Numbers of address families (socket(2)). */
export const families = { unix: 1, inet: 2, inet6: 10, packet: 17 } as const;

/** A socket as the kernel lists it. */
export interface OpenSocket {
  readonly family: number;
  readonly protocol: number;
  /** Addresses as /proc has them, for `addressText`; empty where the family has none. */
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  /** 0 when nobody is connected: a listener, a bound UDP socket. */
  readonly remotePort: number;
  /** State of a TCP connection, such as `LISTEN`; empty where the protocol has none. */
  readonly state: string;
  /** The name of a Unix socket; an abstract one begins with `@`. */
  readonly path: string;
  readonly inode: number;
}

/** What sockets without addresses, ports, state and path have in their place. */
const nameless = { local: '', localPort: 0, remote: '', remotePort: 0, state: '', path: '' } as const;

const tcp = 6;
/** Names of the states in the kernel's include/net/tcp_states.h, from 1 on. */
const tcpStates = [
  ...(['ESTABLISHED', 'SYN_SENT', 'SYN_RECV', 'FIN_WAIT1', 'FIN_WAIT2', 'TIME_WAIT'] as const),
  ...(['CLOSED', 'CLOSE_WAIT', 'LAST_ACK', 'LISTEN', 'CLOSING'] as const),
];

/** The files of /proc/PID/net with Internet sockets, and the protocol in them. */
const inetFiles: readonly { readonly name: string; readonly family: number; readonly protocol: number }[] = (
  [
    ['icmp', 1],
    ['tcp', 6],
    ['udp', 17],
    ['udplite', 136],
    ['raw', 255],
  ] as const
).flatMap(([name, protocol]) => [
  { name, family: families.inet, protocol },
  { name: `${name}6`, family: families.inet6, protocol },
]);

/** The lines after the header, each split at blanks. */
function* linesOf(content: string): Generator<{ line: string; fields: string[] }> {
  let start = content.indexOf('\n') + 1;
  while (start > 0 && start < content.length) {
    const newline = content.indexOf('\n', start);
    const end = newline < 0 ? content.length : newline;
    const line = content.slice(start, end);
    yield { line, fields: line.trim().split(/\s+/) };
    start = end + 1;
  }
}

const decimal = (field: string | undefined): number => Number.parseInt(field ?? '', 10) || 0;
const hexadecimal = (field: string | undefined): number => Number.parseInt(field ?? '', 16) || 0;

/** The sockets in a file such as /proc/net/tcp (proc_pid_net(5)). */
export function* parseInetSockets(content: string, family: number, protocol: number): Generator<OpenSocket> {
  for (const { fields } of linesOf(content)) {
    const [, local, remote, state] = fields;
    const [localAddress = '', localPort] = local?.split(':') ?? [];
    const [remoteAddress = '', remotePort] = remote?.split(':') ?? [];
    if (localPort === undefined || remotePort === undefined) continue;
    yield {
      family,
      protocol,
      local: localAddress,
      localPort: hexadecimal(localPort),
      remote: remoteAddress,
      remotePort: hexadecimal(remotePort),
      state: protocol === tcp ? (tcpStates[hexadecimal(state) - 1] ?? 'UNKNOWN') : '',
      path: '',
      inode: decimal(fields[9]),
    };
  }
}

/** Everything up to the path in a line of /proc/net/unix: seven columns. Most sockets have no path. */
const unixLine = /^\s*\S+: \S+ (\S+) \S+ \S+ \S+\s+(\d+)(?: (.*))?$/;

/** The sockets in /proc/net/unix. A name may hold blanks. */
export function* parseUnixSockets(content: string): Generator<OpenSocket> {
  for (const { line } of linesOf(content)) {
    const [, protocol, inode, path = ''] = unixLine.exec(line) ?? [];
    if (inode === undefined) continue;
    yield { ...nameless, family: families.unix, protocol: hexadecimal(protocol), path, inode: decimal(inode) };
  }
}

/** The sockets of /proc/net/packet (packet(7)); the protocol is the Ethernet one. */
export function* parsePacketSockets(content: string): Generator<OpenSocket> {
  for (const { fields } of linesOf(content)) {
    if (fields.length < 9) continue;
    const protocol = hexadecimal(fields[3]);
    yield { ...nameless, family: families.packet, protocol, state: 'NONE', inode: decimal(fields[8]) };
  }
}

/** A busy server has hundreds of thousands of sockets, 150 bytes each. */
const maxBytes = 256 << 20;

/** The sockets of the network namespace that a process is in. */
export function* socketsOf(files: FileView, pid: number): Generator<OpenSocket> {
  const contentOf = (name: string): string => files.readTextIfPresent(`/proc/${pid}/net/${name}`, { maxBytes }) ?? '';
  for (const { name, family, protocol } of inetFiles) yield* parseInetSockets(contentOf(name), family, protocol);
  yield* parseUnixSockets(contentOf('unix'));
  yield* parsePacketSockets(contentOf('packet'));
}
