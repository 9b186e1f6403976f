import { bigint, defineTable, type FileView, integer, text } from '@outpost/sdk';
import {
  families,
  inetFiles,
  type OpenSocket,
  parseInetSockets,
  parsePacketSockets,
  parseUnixSockets,
} from '../lib/proc-net.ts';
import { networkNamespaces, type Owner, socketOwners } from '../lib/socket-owners.ts';

/** A busy server has hundreds of thousands of sockets, 150 bytes each. */
const maxBytes = 256 << 20;
const nobody: Owner = { pid: -1, fd: -1 };

/** The sockets of the network namespace that a process is in. */
function* socketsOf(files: FileView, pid: number): Generator<OpenSocket> {
  const contentOf = (name: string): string => files.readTextIfPresent(`/proc/${pid}/net/${name}`, { maxBytes }) ?? '';
  for (const { name, family, protocol } of inetFiles) yield* parseInetSockets(contentOf(name), family, protocol);
  yield* parseUnixSockets(contentOf('unix'));
  yield* parsePacketSockets(contentOf('packet'));
}

/** Sockets that wait for somebody, in every network namespace. */
export const listeningPorts = defineTable({
  name: 'listening_ports',
  description: 'Sockets without a remote port: listeners, bound UDP and named UNIX sockets.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { cacheable: true },
  examples: [
    'select p.name, l.port, l.address from listening_ports l join processes p using (pid) where l.port > 0',
    "select pid, path from listening_ports where family = 1 and path like '/run/%'",
  ],
  columns: {
    pid: integer('Process that holds the socket; -1 when none is known'),
    port: integer('Port; 0 for a Unix socket'),
    protocol: integer('Protocol, such as 6 for TCP and 17 for UDP'),
    family: integer('Family: 1 Unix, 2 IPv4, 10 IPv6, 17 packet'),
    address: text('Local address'),
    fd: bigint('Descriptor of the process; -1 when none is known'),
    socket: bigint('Inode of the socket; 0 for a Unix socket'),
    path: text('Path of a Unix socket; an abstract one begins with @'),
    net_namespace: text('Number of the network namespace', { platforms: ['linux'] }),
  },
  *generate(context) {
    const { files } = context;
    // Looking through every descriptor of every process is most of the work, so only where somebody wants to know.
    const withOwner = context.used('pid') || context.used('fd');
    const owners = withOwner ? socketOwners(files, () => context.aborted) : new Map<number, Owner>();
    for (const [namespace, witness] of networkNamespaces(files)) {
      if (context.aborted) return;
      for (const { family, protocol, address, port, path, inode } of socketsOf(files, witness)) {
        const { pid, fd } = owners.get(inode) ?? nobody;
        const socket = family === families.unix ? 0 : inode;
        yield { pid, port, protocol, family, address, fd, socket, path, net_namespace: namespace };
      }
    }
  },
});
