import { addressText } from './inet-address.ts';

/** Numbers of address families (socket(2)). */
export const families = { unix: 1, inet: 2, inet6: 10, packet: 17 } as const;

/** A socket that nobody is connected to from outside: a listener, a bound UDP socket, a named Unix socket. */
export interface OpenSocket {
  readonly family: number;
  readonly protocol: number;
  readonly address: string;
  readonly port: number;
  /** The name of a Unix socket; an abstract one begins with `@`. */
  readonly path: string;
  readonly inode: number;
}

/** The files of /proc/PID/net with Internet sockets, and the protocol in them. */
export const inetFiles: readonly { readonly name: string; readonly family: number; readonly protocol: number }[] = (
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

/** The sockets without a remote port in a file such as /proc/net/tcp (proc_pid_net(5)). */
export function* parseInetSockets(content: string, family: number, protocol: number): Generator<OpenSocket> {
  for (const { fields } of linesOf(content)) {
    const [, local, remote] = fields;
    if (local === undefined || remote === undefined || !remote.endsWith(':0000')) continue;
    const [address = '', port] = local.split(':');
    yield {
      family,
      protocol,
      address: addressText(address),
      port: hexadecimal(port),
      path: '',
      inode: decimal(fields[9]),
    };
  }
}

/** Everything up to the path in a line of /proc/net/unix: seven columns. */
const unixLine = /^\s*\S+: \S+ (\S+) \S+ \S+ \S+\s+(\d+) (.+)$/;

/** The sockets with a name in /proc/net/unix. A name may hold blanks. */
export function* parseUnixSockets(content: string): Generator<OpenSocket> {
  for (const { line } of linesOf(content)) {
    const [, protocol, inode, path] = unixLine.exec(line) ?? [];
    if (path === undefined) continue;
    yield { family: families.unix, protocol: hexadecimal(protocol), address: '', port: 0, path, inode: decimal(inode) };
  }
}

/** The sockets of /proc/net/packet (packet(7)); the protocol is the Ethernet one. */
export function* parsePacketSockets(content: string): Generator<OpenSocket> {
  for (const { fields } of linesOf(content)) {
    if (fields.length < 9) continue;
    const protocol = hexadecimal(fields[3]);
    yield { family: families.packet, protocol, address: '', port: 0, path: '', inode: decimal(fields[8]) };
  }
}
