import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import * as structs from '../../../protocol/src/generated/index.mjs';
import { decodeRows, encodeCall, locateResponse } from '../../../protocol/src/index.ts';
import { texts } from '../any-value.ts';
import { wholeFrames } from '../frames.ts';
import { stockReader } from '../stock-thrift.ts';

suite('encodeCall', () => {
  test('writes the message that osquery writes', () => {
    const frame = wholeFrames.find(
      ({ conversation, method }) => conversation.startsWith('core and a raw') && method === 'call',
    );
    const request = { action: 'columns' };
    const bytes = Buffer.from(encodeCall('table', 'time', request));
    assert.equal(bytes.toString('hex').slice(0, 40), frame?.hex.slice(0, 40));
  });

  test('is read by the Apache implementation', () => {
    fc.assert(
      fc.property(
        texts(),
        texts(),
        fc.dictionary(texts(), texts(), { noNullPrototype: true }),
        (registry, item, request) => {
          const reader = stockReader(Buffer.from(encodeCall(registry, item, request)));
          assert.deepEqual(reader.readMessageBegin(), { fname: 'call', mtype: 1, rseqid: 0 });
          const args = new structs.messages.call.Arguments();
          args.read(reader);
          assert.deepEqual({ ...args }, { registry, item, request });
        },
      ),
    );
  });
});

suite('locateResponse', () => {
  const replies = wholeFrames.filter(
    ({ kind, method }) => kind === 'reply' && ['call', 'query', 'getQueryColumns'].includes(method),
  );

  test('finds status and rows in each recorded reply', () => {
    let rowsSeen = 0;
    for (const { hex } of replies) {
      const reply = Buffer.from(hex, 'hex');
      const { status, rows } = locateResponse(reply);
      assert.equal(typeof status.code, 'number');
      if (rows !== undefined) rowsSeen += decodeRows(reply.subarray(rows.offset, rows.offset + rows.length)).length;
    }
    assert.ok(rowsSeen > 50);
  });

  test('passes on the text of an exception', () => {
    const exception = wholeFrames.find(({ kind, method }) => kind === 'exception' && method === 'call');
    assert.throws(() => locateResponse(Buffer.from(exception?.hex ?? '', 'hex')), {
      code: 'EXTENSION_CALL_FAILED',
      message: 'Extension call failed: Unknown registry requested: ',
    });
  });

  const reply = (result: string): Buffer => Buffer.from(`800100020000000463616c6c00000000${result}`, 'hex');

  test('a reply without a result', () => {
    assert.throws(() => locateResponse(reply('00')), { message: 'Extension call failed: call failed: unknown result' });
  });

  test('a response without status and rows is code 0 and no rows', () => {
    assert.deepEqual(locateResponse(reply('0c00000000')), {
      status: { code: 0, message: '', uuid: 0 },
      rows: undefined,
    });
  });

  test('fields of other types and ids are passed over', () => {
    const located = locateResponse(
      reply(`0c0000${'0800010000000a'}${'0b0009000000017a'}${'0c0001080001000000070000'}00`),
    );
    assert.deepEqual(located, { status: { code: 7, message: '', uuid: 0 }, rows: undefined });
  });

  test('a call is no reply', () => {
    assert.throws(() => locateResponse(encodeCall('a', 'b', {})), { code: 'MESSAGE_MALFORMED' });
  });

  test('each cut is refused', () => {
    const whole = Buffer.from(replies.at(-1)?.hex ?? '', 'hex');
    locateResponse(whole);
    for (let length = 0; length < whole.length; length++) {
      assert.throws(() => locateResponse(whole.subarray(0, length)), { name: 'OutpostError' });
    }
  });
});
