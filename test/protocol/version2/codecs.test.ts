import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { MessageKind } from '../../../protocol/src/binary/codes.ts';
import * as structs from '../../../protocol/src/generated/index.mjs';
import { OutpostError } from '../../../protocol/src/index.ts';
import { reading, writing } from '../../../protocol/src/messages/header.ts';
import type { Message2 } from '../../../protocol/src/messages/message2.ts';
import { receivedFailure } from '../../../protocol/src/messages/outcome.ts';
import { messageTable2 } from '../../../protocol/src/messages/table2.ts';
import { failures, messageNames, samples } from './samples.ts';

type AnyMessage = Message2<readonly unknown[], unknown>;

const opened = (bytes: Buffer) => {
  const input = reading(bytes);
  input.readMessageBegin();
  return input;
};

/** Values that differ only in what does not travel. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, part: unknown) => {
      if (typeof part === 'bigint') return `${part}n`;
      if (part instanceof OutpostError)
        return { code: part.code, message: part.message, remedy: part.remedy, source: part.source };
      return part;
    }) ?? 'null',
  );

suite('messages of version 2 come out as they went in', () => {
  for (const name of messageNames) {
    const message = messageTable2[name] as unknown as AnyMessage;
    test(name, () => {
      fc.assert(
        fc.property(samples[name].args as fc.Arbitrary<readonly unknown[]>, fc.nat(2 ** 31 - 1), (args, deadlineMs) => {
          const bytes = writing(name, MessageKind.call, 7, output =>
            message.request.write(output, { args, deadlineMs }, structs),
          );
          const read = message.request.read(opened(bytes), structs);
          assert.deepEqual(plain(read.args), plain(args));
          assert.equal(read.deadlineMs, name === 'renew' ? 0 : deadlineMs);
        }),
        { numRuns: 50 },
      );
      fc.assert(
        fc.property(samples[name].answer as fc.Arbitrary<unknown>, answer => {
          const bytes = writing(name, MessageKind.reply, 7, output => message.result.write(output, answer, structs));
          assert.deepEqual(plain(message.result.read(opened(bytes), structs)), plain(answer));
        }),
        { numRuns: 50 },
      );
    });

    test(`a failure of ${name}`, () => {
      fc.assert(
        fc.property(failures, failure => {
          const bytes = writing(name, MessageKind.reply, 7, output => message.result.write(output, failure, structs));
          const read = message.result.read(opened(bytes), structs);
          assert.deepEqual(plain(read), plain(name === 'logLines' ? { accepted: 0, failure } : failure));
        }),
        { numRuns: 20 },
      );
    });
  }

  test('an empty answer is success with nothing in it, and none is none', () => {
    const empty = writing('nextRows', MessageKind.reply, 1, output => {
      output.writeFieldBegin('success', 12, 0);
      output.writeFieldStop();
      output.writeFieldStop();
    });
    assert.deepEqual(messageTable2.nextRows.result.read(opened(empty), structs), {
      cursor: 0,
      more: false,
      rows: new Uint8Array(),
      warnings: [],
      columns: [],
      types: [],
    });
    const none = writing('nextRows', MessageKind.reply, 1, output => output.writeFieldStop());
    assert.equal(messageTable2.nextRows.result.read(opened(none), structs), undefined);
  });

  test('a code of a later version is CALL_FAILED with the words of the other side', () => {
    const failure = receivedFailure({ error: 'FROM_THE_FUTURE', message: 'It {did} not.', remedy: 'Wait.', source: 4 });
    const { code, message, remedy, source } = failure;
    assert.deepEqual([code, message, remedy, source], ['CALL_FAILED', 'It {did} not.', 'Wait.', 'downstream']);
  });
});
