import { FieldType, MessageKind } from '../binary/codes.ts';
import { type Limits, replyLimits } from '../binary/limits.ts';
import { BinaryProtocol } from '../binary/protocol.ts';
import { BufferTransport } from '../binary/transport.ts';

/** A protocol that reads a whole message. */
export const reading = (bytes: Uint8Array, limits: Limits = replyLimits): BinaryProtocol => {
  const transport = new BufferTransport();
  transport.receive(bytes, limits);
  return new BinaryProtocol(transport);
};

/** Writes a whole message. The bytes are a view of a buffer of their own. */
export const writing = (name: string, kind: number, id: number, write: (output: BinaryProtocol) => void): Buffer => {
  const transport = new BufferTransport();
  const output = new BinaryProtocol(transport);
  output.writeMessageBegin(name, kind, id);
  write(output);
  return transport.output.written();
};

/** The notice that gives the call with a sequence id up. */
export const cancelNotice = (id: number): Buffer =>
  writing('cancel', MessageKind.oneway, 0, output => {
    output.writeFieldBegin('sequence_id', FieldType.i32, 1);
    output.writeI32(id);
    output.writeFieldStop();
  });
