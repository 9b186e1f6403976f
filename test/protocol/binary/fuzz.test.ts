import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { FieldType } from '../../../protocol/src/binary/codes.ts';
import { Inbox } from '../../../protocol/src/binary/inbox.ts';
import { requestLimits } from '../../../protocol/src/binary/limits.ts';
import { BinaryProtocol } from '../../../protocol/src/binary/protocol.ts';
import { BufferTransport } from '../../../protocol/src/binary/transport.ts';
import { OutpostError } from '../../../protocol/src/errors.ts';
import * as structs from '../../../protocol/src/generated/index.mjs';
import { decodeRows, locateResponse } from '../../../protocol/src/index.ts';
import { messageTable } from '../../../protocol/src/messages/table.ts';
import { wholeFrames } from '../frames.ts';

const messages = wholeFrames.map(({ hex }) => Buffer.from(hex, 'hex'));

/** A recorded message with bytes changed, cut out, doubled or put in; numbers are preferred that a length or count may be. */
const mutated = fc
  .tuple(
    fc.constantFrom(...messages),
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 11, 12, 13, 15), fc.nat({ max: 255 })),
        fc.constantFrom('set', 'cut', 'insert', 'double', 'end'),
      ),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([message, changes]) => {
    let bytes = message;
    for (const [place, value, kind] of changes) {
      const at = place % (bytes.length + 1);
      const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
      if (kind === 'set') bytes = Buffer.concat([before, Buffer.of(value), after.subarray(1)]);
      else if (kind === 'cut') bytes = Buffer.concat([before, after.subarray(value % 16)]);
      else if (kind === 'insert') bytes = Buffer.concat([before, Buffer.of(value), after]);
      else if (kind === 'double') bytes = Buffer.concat([before, after, after]);
      else bytes = before;
    }
    return bytes;
  });

/** Runs what may refuse its input, and may do so only with an OutpostError. */
const attempt = (run: () => unknown): void => {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof OutpostError, String(error));
  }
};

const reading = (bytes: Buffer): BinaryProtocol => {
  const transport = new BufferTransport();
  transport.receive(bytes, requestLimits);
  return new BinaryProtocol(transport);
};

const decodeAll = (bytes: Buffer): void => {
  const inbox = new Inbox(requestLimits);
  inbox.push(bytes);
  attempt(() => {
    for (let message = inbox.take(); message !== undefined; message = inbox.take()) {
      const whole = message;
      // What the scanner lets through is whole: every skip succeeds.
      const input = reading(whole);
      input.readMessageBegin();
      input.skip(FieldType.struct);
      assert.equal(input.getTransport().input.available, 0);
      attempt(() => locateResponse(whole));
    }
  });
  for (const { arguments: argumentsCodec, result } of Object.values(messageTable)) {
    for (const codec of [argumentsCodec, result]) {
      attempt(() => {
        const input = reading(bytes);
        input.readMessageBegin();
        codec.read(input, structs);
      });
    }
  }
  attempt(() => locateResponse(bytes));
  attempt(() => decodeRows(bytes));
};

suite('mutated messages', () => {
  test('are decoded or refused, nothing else, and cost no memory', () => {
    const before = process.memoryUsage();
    let slowestMs = 0;
    fc.assert(
      fc.property(mutated, bytes => {
        const start = performance.now();
        decodeAll(bytes);
        slowestMs = Math.max(slowestMs, performance.now() - start);
      }),
      { numRuns: 5000 },
    );
    const after = process.memoryUsage();
    assert.ok(after.rss - before.rss < 256 * 1024 * 1024, `resident memory grew by ${after.rss - before.rss} bytes`);
    assert.ok(slowestMs < 1000, `one message took ${slowestMs} ms`);
  });

  test('of random bytes, too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => decodeAll(Buffer.from(bytes))),
      { numRuns: 2000 },
    );
  });
});
