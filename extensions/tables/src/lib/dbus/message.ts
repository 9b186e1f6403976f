import { BusReader, type BusValue } from './reader.ts';

/** A call of a method; all of its arguments are strings, which is all that is needed here. */
export interface BusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly arguments?: readonly string[];
}

/** What came of a call. */
export interface BusReply {
  /** The serial of the call. */
  readonly serial: number;
  /** Name of the error, such as `org.freedesktop.DBus.Error.UnknownProperty`; undefined when there is none. */
  readonly error: string | undefined;
  readonly values: readonly BusValue[];
}

const types = { call: 1, reply: 2, error: 3 } as const;
const fields = {
  path: 1,
  interface: 2,
  member: 3,
  errorName: 4,
  replySerial: 5,
  destination: 6,
  signature: 8,
} as const;
const fixedBytes = 16;
const littleEndian = 0x6c;
/** Far more than any list of units; the specification allows 128 MiB. */
const largestBytes = 64 << 20;

const aligned = (length: number, bytes: number): number => Math.ceil(length / bytes) * bytes;

/** A string with its length before and a NUL behind it, and zeros before all of it as its place asks for. */
function marshalString(at: number, value: string): Buffer {
  const text = Buffer.from(value);
  const start = aligned(at, 4) - at;
  const bytes = Buffer.alloc(start + 4 + text.length + 1);
  bytes.writeUInt32LE(text.length, start);
  text.copy(bytes, start + 4);
  return bytes;
}

/** One field of the header: a struct of its code and a variant. */
function marshalField(at: number, code: number, type: 's' | 'o' | 'g', value: string): Buffer {
  const start = aligned(at, 8) - at;
  const head = Buffer.from([...Array<number>(start).fill(0), code, 1, type.charCodeAt(0), 0]);
  if (type === 'g') return Buffer.concat([head, Buffer.from([value.length]), Buffer.from(`${value}\0`)]);
  return Buffer.concat([head, marshalString(at + head.length, value)]);
}

/** The bytes of a call (D-Bus specification, Message Protocol), in little-endian order. */
export function encodeCall(call: BusCall, serial: number): Buffer {
  const body = (call.arguments ?? []).reduce<Buffer>(
    (bytes, value) => Buffer.concat([bytes, marshalString(bytes.length, value)]),
    Buffer.alloc(0),
  );
  const signature = 's'.repeat(call.arguments?.length ?? 0);
  let header: Buffer = Buffer.alloc(fixedBytes);
  const add = (code: number, type: 's' | 'o' | 'g', value: string): void => {
    header = Buffer.concat([header, marshalField(header.length, code, type, value)]);
  };
  add(fields.path, 'o', call.path);
  add(fields.interface, 's', call.interface);
  add(fields.member, 's', call.member);
  add(fields.destination, 's', call.destination);
  if (signature !== '') add(fields.signature, 'g', signature);
  header.set([littleEndian, types.call, 0, 1]);
  header.writeUInt32LE(body.length, 4);
  header.writeUInt32LE(serial, 8);
  header.writeUInt32LE(header.length - fixedBytes, 12);
  return Buffer.concat([header, Buffer.alloc(aligned(header.length, 8) - header.length), body]);
}

/** How long the message is that `bytes` begin with; undefined while not even that is there. @throws RangeError when it is none */
export function messageBytes(bytes: Buffer): number | undefined {
  if (bytes.length < fixedBytes) return undefined;
  const little = bytes[0] === littleEndian;
  if (!little && bytes[0] !== 0x42) throw new RangeError('The D-Bus message is malformed: its byte order is unknown.');
  const [body, header] = little
    ? [bytes.readUInt32LE(4), bytes.readUInt32LE(12)]
    : [bytes.readUInt32BE(4), bytes.readUInt32BE(12)];
  const length = aligned(fixedBytes + header, 8) + body;
  if (length > largestBytes) throw new RangeError(`The D-Bus message has more than ${largestBytes} bytes.`);
  return length;
}

/** Reads a whole message; undefined when it is no reply but a signal or a call. @throws RangeError when it is malformed */
export function decodeReply(bytes: Buffer): BusReply | undefined {
  const little = bytes[0] === littleEndian;
  const type = bytes[1];
  if (type !== types.reply && type !== types.error) return undefined;
  const [entries] = new BusReader(bytes, little, 12).values('a(yv)');
  const header = new Map((entries as readonly (readonly [number, BusValue])[]).map(([code, value]) => [code, value]));
  const serial = header.get(fields.replySerial);
  if (typeof serial !== 'number') return undefined;
  const headerBytes = little ? bytes.readUInt32LE(12) : bytes.readUInt32BE(12);
  const body = bytes.subarray(aligned(fixedBytes + headerBytes, 8));
  const values = new BusReader(body, little).values(String(header.get(fields.signature) ?? ''));
  return { serial, error: type === types.error ? String(header.get(fields.errorName) ?? '') : undefined, values };
}
