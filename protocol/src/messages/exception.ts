import { ExceptionType, FieldType } from '../binary/codes.ts';
import type { BinaryProtocol } from '../binary/protocol.ts';
import type { ByteReader } from '../binary/reader.ts';
import { skipValue } from '../binary/skip.ts';

/**
 * An error to be answered as a Thrift TApplicationException of a type of the handler's choice. A handler that throws anything
 * else is answered with type 6 (internal error). The thrift package writes exceptions without their type; this module does not.
 */
export class ApplicationException extends Error {
  override readonly name = 'ApplicationException';
  readonly type: number;

  constructor(message: string, type: number = ExceptionType.unknown) {
    super(message);
    this.type = type;
  }
}

/** The exception that answers whatever a handler threw. */
export function exceptionOf(error: unknown): ApplicationException {
  if (error instanceof ApplicationException) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApplicationException(message, ExceptionType.internalError);
}

/** Writes the struct of a TApplicationException. */
export function writeException(output: BinaryProtocol, { message, type }: ApplicationException): void {
  output.writeFieldBegin('message', FieldType.string, 1);
  output.writeString(message);
  output.writeFieldBegin('type', FieldType.i32, 2);
  output.writeI32(type);
  output.writeFieldStop();
}

/** Reads the struct of a TApplicationException. */
export function readException(input: ByteReader): ApplicationException {
  let [message, exceptionType] = ['', 0];
  for (let type = input.readByte(); type !== FieldType.stop; type = input.readByte()) {
    const id = input.readI16();
    if (id === 1 && type === FieldType.string) message = input.readString();
    else if (id === 2 && type === FieldType.i32) exceptionType = input.readI32();
    else skipValue(input, type, 1);
  }
  return new ApplicationException(message, exceptionType);
}
