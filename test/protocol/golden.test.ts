import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MessageKind } from '../../protocol/src/binary/codes.ts';
import { replyLimits } from '../../protocol/src/binary/limits.ts';
import { BinaryProtocol } from '../../protocol/src/binary/protocol.ts';
import { MessageScanner } from '../../protocol/src/binary/scanner.ts';
import type { ThriftStruct } from '../../protocol/src/binary/thrift.ts';
import { BufferTransport } from '../../protocol/src/binary/transport.ts';
import * as structs from '../../protocol/src/generated/index.mjs';
import { readException, writeException } from '../../protocol/src/messages/exception.ts';
import { type MessageName, messageTable } from '../../protocol/src/messages/table.ts';
import { frames, titleOf, type WholeFrame, wholeFrames } from './frames.ts';

const isKnown = (method: string): method is MessageName => Object.hasOwn(messageTable, method);

const reading = (bytes: Buffer): BinaryProtocol => {
  const transport = new BufferTransport();
  transport.receive(bytes);
  return new BinaryProtocol(transport);
};

/** Writes a message as the sender of a frame did; our protocol itself never writes the non-strict form. */
const encodeLike = (frame: WholeFrame, write: (output: BinaryProtocol) => void): string => {
  const transport = new BufferTransport();
  const output = new BinaryProtocol(transport);
  if (frame.strict) {
    output.writeMessageBegin(frame.method, MessageKind[frame.kind], frame.seqid);
  } else {
    output.writeString(frame.method);
    output.writeByte(MessageKind[frame.kind]);
    output.writeI32(frame.seqid);
  }
  write(output);
  return transport.output.written().toString('hex');
};

/** The struct that a frame carries; the unknown methods of the recordings have empty arguments. */
const structOf = ({ method, kind, direction }: WholeFrame): ThriftStruct => {
  if (!isKnown(method)) return new structs.messages.ping.Arguments();
  const { Arguments, Result } = structs.messages[method];
  const isProbe = kind === 'reply' && direction === 'client→manager';
  return kind === 'reply' && !isProbe ? new Result() : new Arguments();
};

const assertRoundTrip = (frame: WholeFrame): void => {
  const bytes = Buffer.from(frame.hex, 'hex');
  const title = titleOf(frame);
  assert.equal(new MessageScanner(replyLimits).scan(bytes), bytes.length, title);
  const input = reading(bytes);
  const header = { fname: frame.method, mtype: MessageKind[frame.kind], rseqid: frame.seqid };
  assert.deepEqual(input.readMessageBegin(), header, title);
  if (frame.kind === 'exception') {
    const exception = readException(input.getTransport().input);
    const encoded = encodeLike(frame, output => writeException(output, exception));
    assert.equal(encoded, frame.hex, title);
  } else {
    const struct = structOf(frame);
    struct.read(input);
    const encoded = encodeLike(frame, output => struct.write(output));
    assert.equal(encoded, frame.hex, title);
  }
  assert.equal(input.getTransport().input.available, 0, title);
};

suite('each recorded message is decoded and encoded again to the same bytes', () => {
  for (const [conversation, members] of Map.groupBy(wholeFrames, frame => frame.conversation)) {
    test(`${conversation}: ${members.length} messages`, () => {
      for (const frame of members) assertRoundTrip(frame);
    });
  }
});

test('no message was left out but one that the recording cut off', () => {
  const cut = frames.filter(frame => frame.hex === undefined);
  assert.deepEqual(cut.map(titleOf), ['go client to the core 5: options reply']);
  assert.equal(frames.length, 635);
});

suite('each recorded message goes through the typed messages', () => {
  // osquery-python leaves out a status' uuid; what is missing is written as 0.
  const complete = wholeFrames.filter(({ kind, method }) => (kind === 'call' || kind === 'reply') && isKnown(method));
  const throughTable = (frame: WholeFrame): string => {
    const { arguments: argumentsCodec, result } = messageTable[frame.method as MessageName];
    const input = reading(Buffer.from(frame.hex, 'hex'));
    input.readMessageBegin();
    const codec = frame.kind === 'call' ? argumentsCodec : result;
    const value = codec.read(input, structs) as never;
    return encodeLike(frame, output => codec.write(output, value, structs));
  };
  const isProbe = ({ kind, direction }: WholeFrame): boolean => kind === 'reply' && direction === 'client→manager';
  const different = complete.filter(frame => !isProbe(frame) && throughTable(frame) !== frame.hex);
  test('only where a field was missing do the bytes differ', () => {
    assert.deepEqual([...new Set(different.map(titleOf))], []);
  });
});
