/** Messages as bytes, without a socket and without generated code: for a thread that exchanges them by a blocking system call. */
import { FieldType, MessageKind } from '../binary/codes.ts';
import { type Limits, replyLimits } from '../binary/limits.ts';
import { BinaryProtocol } from '../binary/protocol.ts';
import { writeStringMap } from '../binary/rows.ts';
import { BufferTransport } from '../binary/transport.ts';
import { OutpostError } from '../errors.ts';
import type { PluginRequest } from '../types.ts';
import { readException } from './exception.ts';
import { type LocatedResponse, locateResult } from './response.ts';

/**
 * A whole strict `call` message with the sequence id 0.
 *
 * @throws OutpostError VALUE_NOT_TEXT when a value of the request is not a string
 */
export function encodeCall(registry: string, item: string, request: PluginRequest): Uint8Array {
  const transport = new BufferTransport();
  const output = new BinaryProtocol(transport);
  output.writeMessageBegin('call', MessageKind.call, 0);
  output.writeFieldBegin('registry', FieldType.string, 1);
  output.writeString(registry);
  output.writeFieldBegin('item', FieldType.string, 2);
  output.writeString(item);
  output.writeFieldBegin('request', FieldType.map, 3);
  writeStringMap(transport.output, request);
  output.writeFieldStop();
  return transport.output.written();
}

/**
 * Finds the status and the rows in a whole reply to `call`, `query` or `getQueryColumns`. The rows are checked (they are one whole
 * list), not decoded: `decodeRows` does that.
 *
 * @throws OutpostError EXTENSION_CALL_FAILED when the reply is an exception or holds no response; MESSAGE_TRUNCATED,
 *   MESSAGE_MALFORMED or MESSAGE_LIMIT when it is no whole message
 */
export function locateResponse(reply: Uint8Array, limits: Limits = replyLimits): LocatedResponse {
  const transport = new BufferTransport();
  transport.receive(reply, limits);
  const { fname, mtype } = new BinaryProtocol(transport).readMessageBegin();
  if (mtype === MessageKind.exception) {
    throw new OutpostError('EXTENSION_CALL_FAILED', { reason: readException(transport.input).message });
  }
  if (mtype !== MessageKind.reply) {
    throw new OutpostError('MESSAGE_MALFORMED', { reason: `a message of kind ${mtype} stands where a reply belongs` });
  }
  const located = locateResult(transport.input);
  if (located !== undefined) return located;
  throw new OutpostError('EXTENSION_CALL_FAILED', { reason: `${fname} failed: unknown result` });
}
