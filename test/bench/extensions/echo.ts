// Sends back what it gets on a Unix socket, for as long as its standard input is open.
import { createServer } from 'node:net';

const server = createServer(socket => socket.pipe(socket));
server.listen({ path: process.argv[2] ?? '' }, () => process.stdout.write('ready\n'));
process.stdin.resume().on('end', () => process.exit());
