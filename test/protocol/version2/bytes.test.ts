import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { MessageKind } from '../../../protocol/src/binary/codes.ts';
import * as structs from '../../../protocol/src/generated/index.mjs';
import {
  encodeCloseRows,
  encodeNextRows,
  encodeOpenRows,
  encodeWrite,
  locatePage,
  OutpostError,
  readWritten,
} from '../../../protocol/src/index.ts';
import { reading, writing } from '../../../protocol/src/messages/header.ts';
import { closeRows } from '../../../protocol/src/messages/rows2.ts';
import { messageTable2 } from '../../../protocol/src/messages/table2.ts';
import { failures, samples } from './samples.ts';

const terms = fc.record({ id: fc.integer({ min: 1, max: 2 ** 31 - 1 }), deadlineMs: fc.nat(1_000_000) });

/** A value without the prototypes that generators give. */
const plain = <Value>(value: Value): Value =>
  Array.isArray(value)
    ? (value.map(plain) as Value)
    : value === null || typeof value !== 'object' || value instanceof Uint8Array
      ? value
      : (Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)])) as Value);

/** The arguments of a call, read by the codec of the generated struct. */
const read = (name: 'openRows' | 'nextRows' | 'write', bytes: Uint8Array) => {
  const input = reading(bytes);
  const { fname, mtype, rseqid } = input.readMessageBegin();
  assert.deepEqual([fname, mtype], [name, MessageKind.call]);
  return plain({ id: rseqid, ...messageTable2[name].request.read(input, structs) });
};

const reply = (name: 'openRows' | 'write', value: unknown): Buffer =>
  writing(name, MessageKind.reply, 9, output =>
    (messageTable2[name].result.write as (...args: unknown[]) => void)(output, value, structs),
  );

suite('messages of version 2 written and read without generated code', () => {
  test('are read by the generated structs', () => {
    fc.assert(
      fc.property(samples.openRows.args, samples.nextRows.args, samples.write.args, terms, (open, next, write, on) => {
        assert.deepEqual(read('openRows', encodeOpenRows(...open, on)), plain({ ...on, args: open }));
        assert.deepEqual(read('nextRows', encodeNextRows(...next, on)), plain({ ...on, args: next }));
        assert.deepEqual(read('write', encodeWrite(...write, on)), plain({ ...on, args: write }));
      }),
    );
  });

  test('a notice names its cursor', () => {
    const input = reading(encodeCloseRows(2 ** 40));
    assert.deepEqual(input.readMessageBegin(), { fname: 'closeRows', mtype: MessageKind.oneway, rseqid: 0 });
    assert.deepEqual(closeRows.arguments.read(input, structs), [2 ** 40]);
  });

  test('pages are found that the generated structs wrote', () => {
    fc.assert(
      fc.property(samples.openRows.answer, page => {
        const bytes = reply('openRows', page);
        const { rows, ...rest } = locatePage(bytes);
        assert.deepEqual(rest, { cursor: page.cursor, more: page.more, warnings: page.warnings });
        assert.ok(bytes.subarray(rows.offset, rows.offset + rows.length).equals(page.rows));
      }),
    );
  });

  test('written rows and failures are read', () => {
    fc.assert(
      fc.property(samples.write.answer, failures, (written, failure) => {
        assert.equal(BigInt(readWritten(reply('write', written))), BigInt(written.rowId));
        for (const run of [() => locatePage(reply('openRows', failure)), () => readWritten(reply('write', failure))]) {
          assert.throws(run, (error: OutpostError) => {
            assert.deepEqual([error.code, error.remedy, error.source], [failure.code, failure.remedy, failure.source]);
            return error.message === (failure.message || failure.code);
          });
        }
      }),
    );
  });

  test('what is cut off or mutated is an error or a page, never anything else', () => {
    fc.assert(
      fc.property(samples.openRows.answer, fc.nat(), fc.nat(255), fc.boolean(), (page, place, byte, cut) => {
        const bytes = reply('openRows', page);
        const at = place % bytes.length;
        if (!cut) bytes[at] = byte;
        try {
          locatePage(cut ? bytes.subarray(0, at) : bytes);
          assert.ok(!cut);
        } catch (error) {
          assert.ok(error instanceof OutpostError, String(error));
        }
      }),
    );
  });
});
