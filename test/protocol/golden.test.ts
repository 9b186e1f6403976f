import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { FieldType, MessageKind } from '../../protocol/src/binary/codes.ts';
import { replyLimits } from '../../protocol/src/binary/limits.ts';
import { BinaryProtocol } from '../../protocol/src/binary/protocol.ts';
import { MessageScanner } from '../../protocol/src/binary/scanner.ts';
import type { ThriftStruct } from '../../protocol/src/binary/thrift.ts';
import { BufferTransport } from '../../protocol/src/binary/transport.ts';
import * as structs from '../../protocol/src/generated/index.mjs';
import { readException, writeException } from '../../protocol/src/messages/exception.ts';
import { type MessageName, messageTable } from '../../protocol/src/messages/table.ts';
import { readAny, writeAny } from './any-value.ts';
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
  return kind === 'reply' && !isProbe({ kind, direction }) ? new Result() : new Arguments();
};

/** The prober sent a `ping` of kind reply to the manager. */
const isProbe = ({ kind, direction }: Pick<WholeFrame, 'kind' | 'direction'>): boolean =>
  kind === 'reply' && direction === 'client→manager';

/** Reads the header and gives the rest to be read. */
const open = (frame: WholeFrame): BinaryProtocol => {
  const input = reading(Buffer.from(frame.hex, 'hex'));
  const header = { fname: frame.method, mtype: MessageKind[frame.kind], rseqid: frame.seqid };
  assert.deepEqual(input.readMessageBegin(), header, titleOf(frame));
  return input;
};

suite('each recorded message is decoded and encoded again to the same bytes', () => {
  for (const [conversation, members] of Map.groupBy(wholeFrames, frame => frame.conversation)) {
    test(`${conversation}: ${members.length} messages`, () => {
      for (const frame of members) {
        const input = open(frame);
        const value = readAny(input, FieldType.struct);
        assert.equal(input.getTransport().input.available, 0, titleOf(frame));
        assert.equal(
          encodeLike(frame, output => writeAny(output, value)),
          frame.hex,
          titleOf(frame),
        );
      }
    });
  }

  test('the scanner finds the end of each', () => {
    for (const frame of wholeFrames) {
      const bytes = Buffer.from(frame.hex, 'hex');
      assert.equal(new MessageScanner(replyLimits).scan(bytes), bytes.length, titleOf(frame));
    }
  });
});

suite('each recorded message goes through the generated structs', () => {
  const different: string[] = [];
  for (const frame of wholeFrames.filter(({ kind }) => kind !== 'exception')) {
    const struct = structOf(frame);
    const input = open(frame);
    struct.read(input);
    if (encodeLike(frame, output => struct.write(output)) !== frame.hex) different.push(frame.step ?? titleOf(frame));
  }

  test('only a field that no struct knows is dropped', () => {
    assert.deepEqual(different, ['query with an unknown extra field']);
  });

  test('exceptions come through with their type', () => {
    for (const frame of wholeFrames.filter(({ kind }) => kind === 'exception')) {
      const exception = readException(open(frame).getTransport().input);
      assert.equal(
        encodeLike(frame, output => writeException(output, exception)),
        frame.hex,
        titleOf(frame),
      );
    }
  });
});

suite('each recorded message goes through the typed messages', () => {
  const throughTable = (frame: WholeFrame, method: MessageName): string => {
    const { arguments: argumentsCodec, result } = messageTable[method];
    const codec = frame.kind === 'reply' ? result : argumentsCodec;
    const value = codec.read(open(frame), structs) as never;
    return encodeLike(frame, output => codec.write(output, value, structs));
  };
  const different: WholeFrame[] = [];
  for (const frame of wholeFrames.filter(member => member.kind !== 'exception' && !isProbe(member))) {
    if (isKnown(frame.method) && throughTable(frame, frame.method) !== frame.hex) different.push(frame);
  }

  test('the uuid that osquery-python leaves out of a status is written as 0', () => {
    const python = different.filter(({ conversation }) => conversation === 'core and an extension on osquery-python');
    assert.ok(python.length > 0);
    const uuid = '0a00030000000000000000';
    for (const frame of python) {
      assert.ok(isKnown(frame.method));
      assert.equal(throughTable(frame, frame.method).replace(uuid, ''), frame.hex, titleOf(frame));
    }
  });

  test('else only a probe with a missing or unknown argument differs', () => {
    const others = different.filter(({ conversation }) => conversation !== 'core and an extension on osquery-python');
    assert.deepEqual(
      others.map(({ step }) => step),
      ['query without its argument', 'query with an unknown extra field', 'call, request missing'],
    );
  });
});

test('no message was left out but one that the recording cut off', () => {
  const cut = frames.filter(frame => frame.hex === undefined);
  assert.deepEqual(cut.map(titleOf), ['go client to the core 5: options reply']);
  assert.equal(frames.length, 635);
});
