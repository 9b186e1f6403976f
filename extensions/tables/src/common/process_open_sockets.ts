import { bigint, defineTable, integer, text } from '@outpost/sdk';
import { addressText } from '../lib/inet-address.ts';
import { listPids } from '../lib/pids.ts';
import { socketsOf } from '../lib/proc-net.ts';
import { wantedPids } from '../lib/process/wanted.ts';
import { networkNamespaces, type Owner, socketOwners } from '../lib/socket-owners.ts';

const nobody: Owner = { pid: -1, fd: -1 };

/** Sockets of every kind, in every network namespace. */
export const processOpenSockets = defineTable({
  name: 'process_open_sockets',
  description: 'Sockets of all network namespaces with owning process.',
  platforms: ['linux', 'macos', 'windows'],
  examples: [
    "select pid, remote_address, remote_port from process_open_sockets where state = 'ESTABLISHED'",
    'select p.name, s.remote_address from processes p join process_open_sockets s using (pid) where s.remote_port = 443',
  ],
  columns: {
    pid: integer('Process that holds the socket; -1 when none is known', { additional: true }),
    fd: bigint('Descriptor of the process; -1 when none is known'),
    socket: bigint('Inode of the socket'),
    family: integer('Family: 1 Unix, 2 IPv4, 10 IPv6, 17 packet'),
    protocol: integer('Protocol, such as 6 for TCP and 17 for UDP'),
    local_address: text('Own address'),
    remote_address: text('Address of the other side'),
    local_port: integer('Own port'),
    remote_port: integer('Port of the other side; 0 when not connected'),
    path: text('Path of a Unix socket; an abstract one begins with @'),
    state: text('State of a TCP connection, such as ESTABLISHED'),
    net_namespace: text('Number of the network namespace'),
  },
  *generate(context) {
    const { files } = context;
    const named = context.equals('pid');
    // Sockets that nobody is known to hold have the pid -1, so who asks for those has to be shown all.
    const only = named !== undefined && !named.includes(-1);
    const pids = only ? wantedPids(context) : listPids(files);
    const withOwner = only || context.used('pid') || context.used('fd');
    const owners = withOwner ? socketOwners(files, () => context.aborted, pids) : new Map<number, Owner>();
    for (const [namespace, witness] of networkNamespaces(files, pids)) {
      for (const { family, protocol, local, localPort, remote, remotePort, state, path, inode } of socketsOf(
        files,
        witness,
      )) {
        if (context.aborted) return;
        const owner = owners.get(inode);
        if (only && owner === undefined) continue;
        const { pid, fd } = owner ?? nobody;
        yield {
          ...{ pid, fd, socket: inode, family, protocol },
          ...{ local_address: addressText(local), remote_address: addressText(remote) },
          ...{ local_port: localPort, remote_port: remotePort, path, state, net_namespace: namespace },
        };
      }
    }
  },
});
