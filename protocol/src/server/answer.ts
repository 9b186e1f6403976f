import { ExceptionType, FieldType, MessageKind } from '../binary/codes.ts';
import type { Limits } from '../binary/limits.ts';
import type { BinaryProtocol } from '../binary/protocol.ts';
import { OutpostError } from '../errors.ts';
import { ApplicationException, exceptionOf, writeException } from '../messages/exception.ts';
import { reading, writing } from '../messages/header.ts';
import type { Structs } from '../messages/message.ts';
import type { CallContext } from './handlers2.ts';
import type { Method, Service, Work, WriteResult } from './service.ts';

/** The reply to a request. */
export interface Answer {
  readonly bytes: Buffer;
  /** Whether it is an exception. */
  readonly failed: boolean;
}

/** A request that was read. */
export interface Request {
  readonly name: string;
  readonly id: number;
  readonly work: Work;
}

/** Nothing may follow the arguments: bytes that were not read mean that they were read as something else. */
const checkEnd = (input: BinaryProtocol): void => {
  const { available } = input.getTransport().input;
  if (available > 0) throw new OutpostError('MESSAGE_MALFORMED', { reason: `${available} bytes follow the arguments` });
};

/**
 * Reads one whole request message.
 *
 * @throws OutpostError when the bytes are no request: the connection has to be closed
 */
export function readRequest(
  service: Service,
  message: Buffer,
  { structs, limits }: { readonly structs: Structs; readonly limits: Limits },
): Request {
  const input = reading(message, limits);
  const { fname: name, mtype, rseqid: id } = input.readMessageBegin();
  if (mtype !== MessageKind.call && mtype !== MessageKind.oneway) {
    throw new OutpostError('MESSAGE_MALFORMED', { reason: `a message of kind ${mtype} asks for nothing` });
  }
  const work = (service.get(name) ?? unknownMethod(name))(input, structs);
  checkEnd(input);
  return { name, id, work };
}

/** Writes the reply to a request. */
export const replyTo = ({ name, id }: Request, write: WriteResult): Buffer =>
  writing(name, MessageKind.reply, id, write);

/** Answers a request of version 1. */
export async function answer(
  request: Request,
  work: Extract<Work, { kind: 'ordered' }>,
  call: CallContext,
): Promise<Answer> {
  try {
    return { bytes: replyTo(request, await work.run(call)), failed: false };
  } catch (error) {
    const exception = exceptionOf(error);
    const { name, id } = request;
    const bytes = writing(name, MessageKind.exception, id, output => writeException(output, exception));
    return { bytes, failed: true };
  }
}

const unknownMethod =
  (name: string): Method =>
  input => {
    input.skip(FieldType.struct);
    return {
      kind: 'ordered',
      run: () =>
        Promise.reject(new ApplicationException(`Invalid method name: '${name}'`, ExceptionType.unknownMethod)),
    };
  };
