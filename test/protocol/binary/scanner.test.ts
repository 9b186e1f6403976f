import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { FieldType, MessageKind } from '../../../protocol/src/binary/codes.ts';
import { Inbox } from '../../../protocol/src/binary/inbox.ts';
import { type Limits, requestLimits } from '../../../protocol/src/binary/limits.ts';
import { BinaryProtocol } from '../../../protocol/src/binary/protocol.ts';
import { MessageScanner } from '../../../protocol/src/binary/scanner.ts';
import { BufferTransport } from '../../../protocol/src/binary/transport.ts';
import { type AnyValue, anyStruct, writeAny } from '../any-value.ts';
import { wholeFrames } from '../frames.ts';

const messageOf = (value: AnyValue): Buffer => {
  const transport = new BufferTransport();
  const output = new BinaryProtocol(transport);
  output.writeMessageBegin('call', MessageKind.call, 7);
  writeAny(output, value);
  return transport.output.written();
};

const scan = (bytes: Buffer, limits: Limits = requestLimits): number | undefined =>
  new MessageScanner(limits).scan(bytes);

suite('scanner', () => {
  test('finds the end of any message, with more behind it', () => {
    fc.assert(
      fc.property(anyStruct(4), fc.uint8Array({ maxLength: 8 }), (value, rest) => {
        const message = messageOf(value);
        assert.equal(scan(Buffer.concat([message, rest])), message.length);
      }),
    );
  });

  test('waits at each byte but the last, whatever the message', () => {
    fc.assert(
      fc.property(anyStruct(4), value => {
        const message = messageOf(value);
        const scanner = new MessageScanner(requestLimits);
        for (let length = 0; length < message.length; length++) {
          assert.equal(scanner.scan(message.subarray(0, length)), undefined);
        }
        assert.equal(scanner.scan(message), message.length);
      }),
      { numRuns: 50 },
    );
  });

  test('has no answer for a framed message', () => {
    const message = messageOf({ type: FieldType.struct, fields: [] });
    const framed = Buffer.concat([Buffer.from([0, 0, 0, message.length]), message]);
    assert.equal(scan(framed), undefined);
  });

  const small: Limits = { messageBytes: 100, stringBytes: 20, entries: 10, depth: 3 };
  const head = '800100010000000163' + '00000000';
  for (const [what, hex, code] of [
    ['a wrong version', '80020001', 'MESSAGE_MALFORMED'],
    ['text', Buffer.from('GET / HTTP/1.1\r\n').toString('hex'), 'MESSAGE_LIMIT'],
    ['a negative name', '80010001ffffffff', 'MESSAGE_MALFORMED'],
    ['a field of no type', `${head}050001`, 'MESSAGE_MALFORMED'],
    ['a void field', `${head}01000100`, 'MESSAGE_MALFORMED'],
    ['a long text, before it has arrived', `${head}0b000100000015`, 'MESSAGE_LIMIT'],
    ['a negative text', `${head}0b0001fffffff0`, 'MESSAGE_MALFORMED'],
    ['a negative count', `${head}0f000108ffffffff`, 'MESSAGE_MALFORMED'],
    ['many entries, before they have arrived', `${head}0f0001020000000b`, 'MESSAGE_LIMIT'],
    ['entries that make the message too large', `${head}0f00010a0000000a`, 'MESSAGE_LIMIT'],
    ['entries of no type', `${head}0f00016300000001`, 'MESSAGE_MALFORMED'],
    ['depth', `${head}0c00010c00010c0001`, 'MESSAGE_LIMIT'],
    ['size', `${head}${'0300010a'.repeat(30)}`, 'MESSAGE_LIMIT'],
  ] as const) {
    test(`refuses ${what}`, () => {
      assert.throws(() => scan(Buffer.from(hex, 'hex'), small), { name: 'OutpostError', code });
    });
  }
});

suite('inbox', () => {
  const messages = wholeFrames.slice(0, 200).map(({ hex }) => Buffer.from(hex, 'hex'));
  const stream = Buffer.concat(messages);

  test('cuts a stream into its messages, however it comes in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1 }), sizes => {
        const inbox = new Inbox(requestLimits);
        const taken: Buffer[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          inbox.push(Buffer.from(stream.subarray(at, at + size)));
          at += size;
          for (let message = inbox.take(); message !== undefined; message = inbox.take()) taken.push(message);
        }
        assert.equal(inbox.pending, 0);
        assert.deepEqual(taken, messages);
      }),
      { numRuns: 30 },
    );
  });

  test('counts what is pending', () => {
    const inbox = new Inbox(requestLimits);
    inbox.push(Buffer.from('8001', 'hex'));
    assert.equal(inbox.take(), undefined);
    assert.equal(inbox.pending, 2);
  });
});
