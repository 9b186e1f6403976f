import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'node:test';
import { processOpenSockets } from '../../../extensions/tables/src/common/process_open_sockets.ts';
import { machineWith, rowsOf } from './machine.ts';
import { statusOf } from './process-files.ts';

const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const inet = (local: string, remote: string, state: string, inode: number): string =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 100 0 0 10 0\n`;

const machine = {
  'proc/10/status': statusOf('ten', 10),
  'proc/10/ns/net': { link: 'net:[100]' },
  'proc/10/fd/3': { link: 'socket:[555]' },
  'proc/10/fd/7': { link: 'socket:[602]' },
  'proc/10/net/tcp':
    header +
    inet('0100007F:1F90', '00000000:0000', '0A', 555) +
    inet('0100007F:1F90', '0200007F:D431', '01', 556) +
    inet('0100007F:1F90', '0200007F:D431', '0C', 557),
  'proc/10/net/udp': header + inet('0100007F:0035', '08080808:0035', '01', 558),
  'proc/10/net/unix':
    'Num       RefCount Protocol Flags    Type St Inode Path\n' +
    '0000000000000000: 00000002 00000000 00010000 0001 01 601 /run/my sock\n' +
    '0000000000000000: 00000003 00000000 00000000 0001 03 602\n',
  'proc/10/net/packet':
    'sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n0000000000000000 3      3    0003   2     1 0      0      700\n',
  'proc/12/status': statusOf('twelve', 12),
  'proc/12/ns/net': { link: 'net:[200]' },
  'proc/12/fd/9': { link: 'socket:[800]' },
  'proc/12/net/raw6': header + inet(`${'0'.repeat(32)}:003A`, `${'0'.repeat(32)}:0000`, '07', 800),
} as const;

const order = [
  ...(['pid', 'fd', 'socket', 'family', 'protocol', 'local_address', 'local_port', 'remote_address'] as const),
  ...(['remote_port', 'path', 'state', 'net_namespace'] as const),
];
const ten = [
  [10, 3, 555, 2, 6, '127.0.0.1', 8080, '0.0.0.0', 0, '', 'LISTEN', '100'],
  [10, 7, 602, 1, 0, '', 0, '', 0, '', '', '100'],
];

test('joins sockets, namespaces and descriptors', t => {
  const rows = rowsOf(processOpenSockets, { files: machineWith(t, machine) });
  assert.deepEqual(
    rows.map(row => order.map(name => row[name])),
    [
      ten[0],
      [-1, -1, 556, 2, 6, '127.0.0.1', 8080, '127.0.0.2', 54321, '', 'ESTABLISHED', '100'],
      [-1, -1, 557, 2, 6, '127.0.0.1', 8080, '127.0.0.2', 54321, '', 'UNKNOWN', '100'],
      [-1, -1, 558, 2, 17, '127.0.0.1', 53, '8.8.8.8', 53, '', '', '100'],
      [-1, -1, 601, 1, 0, '', 0, '', 0, '/run/my sock', '', '100'],
      ten[1],
      [-1, -1, 700, 17, 3, '', 0, '', 0, '', 'NONE', '100'],
      [12, 9, 800, 10, 255, '::', 58, '::', 0, '', '', '200'],
    ],
  );
});

test('a pid in the query leaves out the sockets of others, unless it asks for those of nobody', t => {
  const files = machineWith(t, machine);
  const rows = (pid: unknown, used?: string[]) =>
    rowsOf(processOpenSockets, { files, where: { pid }, ...(used && { used }) });
  assert.deepEqual(
    rows(10).map(row => order.map(name => row[name])),
    ten,
  );
  assert.equal(rows(12, ['state']).length, 1);
  assert.equal(rows(99).length, 0);
  assert.equal(rows(-1).filter(row => row.pid === -1).length, 5);
});

test('sees both sides of a connection of this process', async t => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection');
  const client = connect(port, '127.0.0.1');
  await Promise.all([accepted, once(client, 'connect')]);
  t.after(() => {
    client.destroy();
    server.close();
  });
  const rows = rowsOf(processOpenSockets, { where: { pid: process.pid } }).filter(row => row.protocol === 6);
  const [there] = rows.filter(row => row.remote_port === port);
  assert.deepEqual(
    [there?.local_port, there?.state, there?.remote_address],
    [client.localPort, 'ESTABLISHED', '127.0.0.1'],
  );
  assert.ok(rows.some(row => row.local_port === port && row.remote_port === client.localPort));
  assert.ok(rows.some(row => row.local_port === port && row.state === 'LISTEN'));
});
