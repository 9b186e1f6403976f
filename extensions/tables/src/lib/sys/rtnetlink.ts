import { Socket } from './sockets.ts';

const domain = 16;
const raw = 3;
/** NETLINK_ROUTE. */
const protocol = 0;
const requestFlags = 0x301; // NLM_F_REQUEST | NLM_F_DUMP
const interruptedFlag = 0x10;
const errorType = 2;
const doneType = 3;
const headerBytes = 16;
const timeoutMs = 5000;
/** The kernel answers in pieces of up to 32 KiB; one interface with many functions may need more. */
const bufferBytes = 1 << 18;
/** What is listed may change while it is listed; the kernel says so, and the list is asked for again. */
const attempts = 4;

/** What a dump asks for (rtnetlink(7)), and how many bytes stand before the attributes of each answer. */
export const dumps = {
  links: { type: 18, bytes: 16 },
  addresses: { type: 22, bytes: 8 },
  routes: { type: 26, bytes: 12 },
} as const;

/** The kind of a dump. */
export type Dump = (typeof dumps)[keyof typeof dumps];

function request({ type, bytes }: Dump): Buffer {
  const message = Buffer.alloc(headerBytes + bytes);
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE(type, 4);
  message.writeUInt16LE(requestFlags, 6);
  return message;
}

/** What a piece of the answer says beside its messages. */
interface Progress {
  done: boolean;
  interrupted: boolean;
}

/** The bodies of the messages in a piece of an answer. @throws Error when the kernel refuses */
function bodiesIn(piece: Buffer, progress: Progress): Buffer[] {
  const bodies: Buffer[] = [];
  for (let at = 0; at + headerBytes <= piece.length; ) {
    const length = piece.readUInt32LE(at);
    if (length < headerBytes || at + length > piece.length) throw new Error('rtnetlink: an answer is cut off');
    const type = piece.readUInt16LE(at + 4);
    progress.interrupted ||= (piece.readUInt16LE(at + 6) & interruptedFlag) !== 0;
    progress.done ||= type === doneType;
    if (type === errorType) throw new Error(`rtnetlink: refused with errno ${-piece.readInt32LE(at + headerBytes)}`);
    if (type !== doneType) bodies.push(Buffer.from(piece.subarray(at + headerBytes, at + length)));
    at += (length + 3) & ~3;
  }
  return bodies;
}

/** Everything of a kind that the kernel has, a buffer each. @throws Error when the kernel refuses, or does not answer in 5 seconds */
export function dumpRoute(dump: Dump): Buffer[] {
  const buffer = Buffer.allocUnsafe(bufferBytes);
  let bodies: Buffer[] = [];
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    using socket = new Socket({ domain, type: raw, protocol }, timeoutMs);
    socket.write(request(dump));
    const progress: Progress = { done: false, interrupted: false };
    bodies = [];
    while (!progress.done) bodies.push(...bodiesIn(buffer.subarray(0, socket.read(buffer)), progress));
    if (!progress.interrupted) break;
  }
  return bodies;
}
