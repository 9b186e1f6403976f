import { ExceptionType, FieldType, MessageKind } from '../binary/codes.ts';
import type { Limits } from '../binary/limits.ts';
import { BinaryProtocol } from '../binary/protocol.ts';
import { BufferTransport } from '../binary/transport.ts';
import { OutpostError } from '../errors.ts';
import { ApplicationException, exceptionOf, writeException } from '../messages/exception.ts';
import type { Structs } from '../messages/message.ts';
import type { Peer } from '../types.ts';
import type { Service } from './service.ts';

/** The reply to a request. */
export interface Answer {
  readonly bytes: Buffer;
  /** Whether it is an exception. */
  readonly failed: boolean;
}

/** Nothing may follow the arguments: bytes that were not read mean that they were read as something else. */
const checkEnd = (input: BinaryProtocol): void => {
  const { available } = input.getTransport().input;
  if (available > 0) throw new OutpostError('MESSAGE_MALFORMED', { reason: `${available} bytes follow the arguments` });
};

/** Writes one message; what an earlier attempt left is dropped. */
const writeMessage = (
  output: BinaryProtocol,
  kind: number,
  { fname, rseqid }: { fname: string; rseqid: number },
  write: (output: BinaryProtocol) => void,
): Buffer => {
  const bytes = output.getTransport().output;
  bytes.reset();
  output.writeMessageBegin(fname, kind, rseqid);
  write(output);
  return bytes.written();
};

/**
 * Answers one whole request message.
 *
 * @throws OutpostError when the bytes are no request: the connection has to be closed
 */
export async function answer(
  service: Service,
  message: Buffer,
  { peer, structs, limits }: { peer: Peer; structs: Structs; limits: Limits },
): Promise<Answer> {
  const transport = new BufferTransport();
  transport.receive(message, limits);
  const protocol = new BinaryProtocol(transport);
  const header = protocol.readMessageBegin();
  if (header.mtype !== MessageKind.call && header.mtype !== MessageKind.oneway) {
    throw new OutpostError('MESSAGE_MALFORMED', { reason: `a message of kind ${header.mtype} asks for nothing` });
  }
  const method = service.get(header.fname);
  const run = method === undefined ? unknownMethod(protocol, header.fname) : method(protocol, structs);
  checkEnd(protocol);
  try {
    const write = await run(peer);
    return { bytes: writeMessage(protocol, MessageKind.reply, header, write), failed: false };
  } catch (error) {
    const exception = exceptionOf(error);
    const bytes = writeMessage(protocol, MessageKind.exception, header, output => writeException(output, exception));
    return { bytes, failed: true };
  }
}

const unknownMethod = (input: BinaryProtocol, name: string) => {
  input.skip(FieldType.struct);
  return (): Promise<never> =>
    Promise.reject(new ApplicationException(`Invalid method name: '${name}'`, ExceptionType.unknownMethod));
};
