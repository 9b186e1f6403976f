// A program that answers as systemd does on /run/systemd/private. Run as `node systemd-double.ts SOCKET BEHAVIOUR`: tables wait for
// their answers, so whoever answers has to be another process. It says `ready` when it listens.
import net from 'node:net';
import { messageBytes } from '../../../extensions/tables/src/lib/dbus/message.ts';
import { BusReader } from '../../../extensions/tables/src/lib/dbus/reader.ts';

const [, , socketPath = '', behaviour = 'normal'] = process.argv;

/** Little-endian bytes with the alignment of D-Bus. */
class Writer {
  readonly bytes: number[] = [];
  align(to: number): this {
    while (this.bytes.length % to !== 0) this.bytes.push(0);
    return this;
  }
  byte(...values: number[]): this {
    this.bytes.push(...values);
    return this;
  }
  number(value: number): this {
    this.align(4);
    return this.byte(value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255);
  }
  text(value: string): this {
    const text = [...Buffer.from(value)];
    this.number(text.length);
    return this.byte(...text, 0);
  }
  signature(value: string): this {
    return this.byte(value.length, ...Buffer.from(value), 0);
  }
}

function message(type: number, serial: number, signature: string, body: Writer, error = ''): Buffer {
  const header = new Writer().byte(0x6c, type, 1, 1).number(body.bytes.length).number(77).number(0);
  header.align(8).byte(5).signature('u').number(serial);
  if (error !== '') header.align(8).byte(4).signature('s').text(error);
  header.align(8).byte(8).signature('g').signature(signature);
  const length = header.bytes.length - 16;
  const bytes = Buffer.from(header.align(8).bytes);
  bytes.writeUInt32LE(length, 12);
  return Buffer.concat([bytes, Buffer.from(body.bytes)]);
}

const units = Array.from({ length: behaviour === 'many' ? 300 : 0 }, (_, index) => `unit${index}.service`);
const names = ['ssh.service', 'tmp.mount', 'gone.service', ...units];

function listUnits(): Writer {
  const rows = new Writer();
  // Eight bytes in front stand for the length and the gap behind it, so that the alignment is that of the whole.
  rows.number(0).align(8);
  for (const name of names) {
    rows.align(8);
    const texts = [name, `The unit ${name} \u00e9`, 'loaded', 'active', 'running', '', `/unit/${name}`];
    for (const text of texts) rows.text(text);
    rows
      .number(name === 'tmp.mount' ? 42 : 0)
      .text(name === 'tmp.mount' ? 'start' : '')
      .text('/');
  }
  const length = rows.bytes.length - 8;
  for (let index = 0; index < 4; index += 1) rows.bytes[index] = (length >> (8 * index)) & 255;
  return rows;
}

const values: Readonly<Record<string, string>> = {
  FragmentPath: '/lib/x',
  SourcePath: '',
  User: 'sshd',
  UnitFileState: 'enabled',
};

function answer(call: Buffer): Buffer {
  const serial = call.readUInt32LE(8);
  const header = new Map((new BusReader(call, true, 12).values('a(yv)')[0] as [number, string][]).map(field => field));
  if (header.get(3) === 'ListUnits') return message(2, serial, 'a(ssssssouso)', listUnits());
  const body = call.subarray(Math.ceil((16 + call.readUInt32LE(12)) / 8) * 8);
  const [, property = ''] = new BusReader(body, true).values(header.get(8) ?? '') as string[];
  if (header.get(1) === '/unit/gone.service')
    return message(3, serial, 's', new Writer().text('Unknown object'), 'org.freedesktop.DBus.Error.UnknownObject');
  return message(2, serial, 'v', new Writer().signature('s').text(values[property] ?? ''));
}

const signal = Buffer.from('6c04000100000000010000000000000000', 'hex').subarray(0, 16);

net
  .createServer(socket => {
    let received: Buffer = Buffer.alloc(0);
    let authenticated = false;
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (behaviour === 'refuse') return void socket.end('REJECTED EXTERNAL\r\n');
      if (!authenticated && received.includes('\r\n')) {
        authenticated = true;
        received = received.subarray(received.indexOf('\r\n') + 2);
        socket.write('OK 0123456789abcdef0123456789abcdef\r\n');
      }
      if (received.subarray(0, 7).toString() === 'BEGIN\r\n') received = received.subarray(7);
      for (let length = messageLength(received); length > 0; length = messageLength(received)) {
        const call = Buffer.from(received.subarray(0, length));
        received = received.subarray(length);
        if (behaviour === 'hangup') return void socket.destroy();
        if (behaviour === 'garbage') return void socket.write(Buffer.alloc(64, 0x7f));
        socket.write(Buffer.concat([signal, answer(call)]));
      }
    });
  })
  .listen(socketPath, () => process.stdout.write('ready\n'));

function messageLength(bytes: Buffer): number {
  if (bytes[0] !== 0x6c) return 0;
  const length = messageBytes(bytes);
  return length !== undefined && bytes.length >= length ? length : 0;
}

process.stdin.on('end', () => process.exit()).resume();
