import { bigint, defineTable, integer, text } from '@outpost/sdk';
import { addressText } from '../lib/inet-address.ts';
import { families, type OpenSocket, socketsOf } from '../lib/proc-net.ts';
import { networkNamespaces, type Owner, socketOwners } from '../lib/socket-owners.ts';

const nobody: Owner = { pid: -1, fd: -1 };

/** Whether somebody can come to a socket: it has a name, and nobody is at its other end. */
const listens = ({ family, path, remotePort }: OpenSocket): boolean =>
  family === families.unix ? path !== '' : remotePort === 0;

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
      for (const found of socketsOf(files, witness)) {
        if (!listens(found)) continue;
        const { family, protocol, local, localPort, path, inode } = found;
        const { pid, fd } = owners.get(inode) ?? nobody;
        const socket = family === families.unix ? 0 : inode;
        const address = addressText(local);
        yield { pid, port: localPort, protocol, family, address, fd, socket, path, net_namespace: namespace };
      }
    }
  },
});
