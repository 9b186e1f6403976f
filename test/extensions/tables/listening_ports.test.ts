import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { listeningPorts } from '../../../extensions/tables/src/common/listening_ports.ts';
import { addressText } from '../../../extensions/tables/src/lib/inet-address.ts';
import { parseInetSockets, parsePacketSockets, parseUnixSockets } from '../../../extensions/tables/src/lib/proc-net.ts';
import { directoryWith, machineWith, rowsOf } from './machine.ts';

const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const inet = (local: string, remote: string, inode: number): string =>
  `   0: ${local} ${remote} 0A 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 100 0 0 10 0\n`;
const ipv6 = '0000000000000000FFFF00000100007F';

test('joins sockets, namespaces and descriptors', t => {
  const files = machineWith(t, {
    'proc/10/ns/net': { link: 'net:[100]' },
    'proc/11/ns/net': { link: 'net:[100]' },
    'proc/12/ns/net': { link: 'net:[200]' },
    'proc/13/comm': 'without links',
    'proc/10/net/tcp':
      header +
      inet('0100007F:1F90', '00000000:0000', 555) +
      inet('0100007F:1F90', '0100007F:D431', 556) +
      inet('00000000:0016', '00000000:0000', 557),
    'proc/10/net/udp6': header + inet(`${ipv6}:0035`, `${'0'.repeat(32)}:0000`, 558),
    'proc/10/net/unix':
      'Num       RefCount Protocol Flags    Type St Inode Path\n' +
      '0000000000000000: 00000002 00000000 00010000 0001 01 601 /run/my sock\n' +
      '0000000000000000: 00000003 00000000 00000000 0001 03 602\n' +
      '0000000000000000: 00000002 00000000 00010000 0005 01 603 @abstract\n',
    'proc/10/net/packet':
      'sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n0000000000000000 3      3    0003   2     1 0      0      700\n',
    'proc/12/net/raw': header + inet('00000000:0001', '00000000:0000', 800),
    'proc/10/fd/3': { link: 'socket:[555]' },
    'proc/11/fd/4': { link: 'socket:[555]' },
    'proc/10/fd/0': { link: '/dev/null' },
    'proc/10/fd/7': { link: 'socket:[601]' },
    'proc/12/fd/9': { link: 'socket:[800]' },
  });
  const order = ['pid', 'port', 'protocol', 'family', 'address', 'fd', 'socket', 'path', 'net_namespace'];
  assert.deepEqual(
    rowsOf(listeningPorts, { files }).map(row => order.map(name => row[name])),
    [
      [11, 8080, 6, 2, '127.0.0.1', 4, 555, '', '100'],
      [-1, 22, 6, 2, '0.0.0.0', -1, 557, '', '100'],
      [-1, 53, 17, 10, '::ffff:127.0.0.1', -1, 558, '', '100'],
      [10, 0, 0, 1, '', 7, 0, '/run/my sock', '100'],
      [-1, 0, 0, 1, '', -1, 0, '@abstract', '100'],
      [-1, 0, 3, 17, '', -1, 700, '', '100'],
      [12, 1, 255, 2, '0.0.0.0', 9, 800, '', '200'],
    ],
  );
  assert.deepEqual(new Set(rowsOf(listeningPorts, { files, used: ['port'] }).map(row => row.pid)), new Set([-1]));
});

test('sees the sockets of this process', async t => {
  const path = join(directoryWith(t, {}), 'sock');
  const servers = [createServer(), createServer(), createServer()] as const;
  servers[0].listen(0, '127.0.0.1');
  servers[1].listen({ port: 0, host: '::1' });
  servers[2].listen(path);
  await Promise.all(servers.map(server => once(server, 'listening')));
  const udp = createSocket('udp4').bind(0, '127.0.0.1');
  await once(udp, 'listening');
  const address = servers[0].address();
  assert.ok(typeof address === 'object' && address !== null);
  const client = connect(address.port, '127.0.0.1');
  await once(client, 'connect');
  t.after(() => {
    client.destroy();
    udp.close();
    for (const server of servers) server.close();
  });
  const own = rowsOf(listeningPorts).filter(row => row.pid === process.pid);
  const tcp = own.filter(row => row.port === address.port);
  assert.deepEqual(
    tcp.map(row => [row.protocol, row.family, row.address]),
    [[6, 2, '127.0.0.1']],
  );
  assert.equal(statSync(`/proc/self/fd/${tcp[0]?.fd}`).ino, tcp[0]?.socket);
  assert.ok(own.some(row => row.family === 10 && row.address === '::1' && row.protocol === 6));
  assert.ok(own.some(row => row.port === udp.address().port && row.protocol === 17));
  assert.ok(own.some(row => row.path === path && row.family === 1 && row.port === 0));
});

test('writes IPv6 addresses as inet_ntop does', () => {
  const words = (text: string): string =>
    (text.match(/.{8}/g) ?? []).map(word => (word.match(/../g) ?? []).toReversed().join('')).join('');
  const cases = {
    '00000000000000000000000000000000': '::',
    '00000000000000000000000000000001': '::1',
    '20010db8000000000001000000000000': '2001:db8:0:0:1::',
    '20010db8000000010000000000010001': '2001:db8:0:1::1:1',
    '000100020003000400050006000700a8': '1:2:3:4:5:6:7:a8',
    '00010000000300040005000600070008': '1:0:3:4:5:6:7:8',
    '00000000000000000000ffff0a000001': '::ffff:10.0.0.1',
    '0000000000000000000000000a000001': '::10.0.0.1',
    fe800000000000000000000000000000: 'fe80::',
  };
  for (const [hex, expected] of Object.entries(cases)) assert.equal(addressText(words(hex)), expected);
  assert.equal(addressText('xyz'), '');
});

test('no content makes the parsers throw', () => {
  const pieces = fc.constantFrom(
    '0: ',
    '0100007F:0016',
    ':0000',
    ' ',
    '\n',
    ':',
    'FFFF',
    '@',
    '/x',
    '12',
    '0000000000000000: ',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), parts => {
      const content = `header\n${parts.join('')}`;
      const sockets = [
        ...parseInetSockets(content, 2, 6),
        ...parseUnixSockets(content),
        ...parsePacketSockets(content),
        ...parseInetSockets(parts.join(''), 2, 6),
      ];
      for (const { localPort, remotePort, inode, protocol } of sockets)
        assert.ok([localPort, remotePort, inode, protocol].every(Number.isFinite));
    }),
  );
});
