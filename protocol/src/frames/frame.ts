import { MessageKind, strictVersion, versionMask } from '../binary/codes.ts';
import { type Limits, replyLimits } from '../binary/limits.ts';
import { ByteReader } from '../binary/reader.ts';
import { ByteWriter } from '../binary/writer.ts';
import { OutpostError } from '../errors.ts';
import { readStruct, type ThriftStructValue, writeStruct } from './value.ts';

/** What a message is. */
export type FrameKind = keyof typeof MessageKind;

/** One message of the extension protocol, of whatever version, in full. */
export interface Frame {
  readonly method: string;
  readonly kind: FrameKind;
  /** The sequence id. */
  readonly seqid: number;
  /** Whether it begins with the version word, as all but ancient peers write it. */
  readonly strict: boolean;
  /** The arguments of a call; of a reply its result, as field 0; an exception. */
  readonly body: ThriftStructValue;
}

const kinds = new Map(Object.entries(MessageKind).map(([name, code]) => [code as number, name as FrameKind]));

const kindOf = (code: number): FrameKind => {
  const kind = kinds.get(code);
  if (kind === undefined) throw new OutpostError('MESSAGE_MALFORMED', { reason: `there is no kind ${code}` });
  return kind;
};

/**
 * Reads a whole message.
 *
 * @throws OutpostError MESSAGE_MALFORMED, MESSAGE_TRUNCATED, MESSAGE_LIMIT
 */
export function decodeFrame(bytes: Uint8Array, limits: Limits = replyLimits): Frame {
  const input = new ByteReader(bytes, limits);
  const word = input.readI32();
  const strict = word < 0;
  if (strict && (word & versionMask) !== (strictVersion | 0))
    throw new OutpostError('MESSAGE_MALFORMED', { reason: `it begins with ${(word >>> 0).toString(16)}` });
  if (!strict) input.position = 0;
  const method = input.readString();
  const kind = kindOf(strict ? word & 0xff : input.readByte());
  const seqid = input.readI32();
  return { method, kind, seqid, strict, body: readStruct(input) };
}

/** Writes a message: the same bytes that it was read from, but for the ends of numbers that are none. */
export function encodeFrame({ method, kind, seqid, strict, body }: Frame): Buffer {
  const output = new ByteWriter();
  if (strict) output.writeI32(strictVersion | MessageKind[kind]);
  output.writeString(method);
  if (!strict) output.writeByte(MessageKind[kind]);
  output.writeI32(seqid);
  writeStruct(output, body);
  return output.written();
}
