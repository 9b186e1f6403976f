import { connect } from 'node:net';
import { within } from './deadline.ts';

/** The bytes of a Thrift message without arguments: strict, of kind call, sequence id 0. */
export function emptyCall(method: string): Buffer {
  const name = Buffer.from(method);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(0x8001_0001, 0);
  head.writeUInt32BE(name.length, 4);
  return Buffer.concat([head, name, Buffer.from([0, 0, 0, 0, 0])]);
}

/** What came back on a connection that was given some bytes. */
export interface RawAnswer {
  readonly bytes: Buffer;
  /** Whether the other side closed the connection within the time. */
  readonly closed: boolean;
}

/** Sends bytes as they are, and takes what comes until an answer or the end comes, or the time is up. */
export async function sendBytes(path: string, bytes: Uint8Array, timeoutMs: number): Promise<RawAnswer> {
  const socket = connect({ path });
  const chunks: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    resolve(false);
  });
  socket.on('error', () => resolve(true));
  socket.on('close', () => resolve(true));
  socket.write(bytes);
  const closed = await within(promise, timeoutMs);
  socket.destroy();
  return { bytes: Buffer.concat(chunks), closed: closed ?? false };
}

/** Sends bytes and hangs up at once. */
export async function sendAndLeave(path: string, bytes: Uint8Array, timeoutMs: number): Promise<void> {
  const socket = connect({ path });
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on('error', () => resolve());
  socket.on('close', () => resolve());
  socket.on('connect', () => socket.write(bytes, () => socket.destroy()));
  await within(promise, timeoutMs);
  socket.destroy();
}
