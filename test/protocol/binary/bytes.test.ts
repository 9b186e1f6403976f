import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { FieldType } from '../../../protocol/src/binary/codes.ts';
import { type Limits, replyLimits } from '../../../protocol/src/binary/limits.ts';
import { ByteReader } from '../../../protocol/src/binary/reader.ts';
import { skipValue } from '../../../protocol/src/binary/skip.ts';
import { ByteWriter } from '../../../protocol/src/binary/writer.ts';
import type { ErrorCode } from '../../../protocol/src/errors.ts';
import { texts } from '../any-value.ts';

const written = (write: (output: ByteWriter) => void): Buffer => {
  const output = new ByteWriter(1);
  write(output);
  return output.written();
};

const failsWith = (code: ErrorCode, run: () => unknown): void => {
  assert.throws(run, { name: 'OutpostError', code });
};

suite('writer and reader', () => {
  test('64-bit integers keep every bit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), value => {
        const number = Number(value);
        const read = new ByteReader(written(output => output.writeI64(value))).readI64();
        assert.equal(BigInt(read), value);
        assert.equal(typeof read, Number.isSafeInteger(number) ? 'number' : 'bigint');
        if (Number.isSafeInteger(number)) {
          assert.deepEqual(
            written(output => output.writeI64(number)),
            written(output => output.writeI64(value)),
          );
        }
      }),
    );
  });

  for (const value of [
    0,
    -1,
    10,
    65_535,
    2 ** 31,
    -(2 ** 31) - 1,
    2 ** 32,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
  ]) {
    test(`the 64-bit integer ${value}`, () => {
      const bytes = written(output => output.writeI64(value));
      assert.equal(bytes.readBigInt64BE(), BigInt(value));
      assert.equal(new ByteReader(bytes).readI64(), value);
    });
  }

  test('text of any length and kind', () => {
    const around = [0, 1, 31, 32, 33, 4095, 4096, 4097, 70_000];
    for (const length of around) {
      for (const unit of ['a', 'ä', '€', '😀']) {
        const text = unit.repeat(length);
        const bytes = written(output => output.writeString(text));
        assert.equal(bytes.readInt32BE(), Buffer.byteLength(text));
        assert.equal(new ByteReader(bytes).readString(), text);
      }
    }
    fc.assert(
      fc.property(fc.array(texts()), values => {
        const reader = new ByteReader(
          written(output => {
            for (const text of values) output.writeString(text);
          }),
        );
        assert.deepEqual(
          values.map(() => reader.readString()),
          values,
        );
      }),
    );
  });

  test('a repeated part equals the part', () => {
    const bytes = written(output => {
      output.writeString('name');
      output.repeat(0, 8);
    });
    assert.equal(bytes.toString('latin1'), '\0\0\0\x04name\0\0\0\x04name');
  });
});

suite('limits of a reader', () => {
  const limits: Limits = { messageBytes: 100, stringBytes: 10, entries: 5, depth: 3 };
  const reader = (hex: string): ByteReader => new ByteReader(Buffer.from(hex, 'hex'), limits);

  test('bytes that are not there', () => failsWith('MESSAGE_TRUNCATED', () => reader('0000').readI32()));
  test('a text that is not all there', () => failsWith('MESSAGE_TRUNCATED', () => reader('0000000561').readString()));
  test('a negative length', () => failsWith('MESSAGE_MALFORMED', () => reader('ffffffff').readString()));
  test('a long text', () => failsWith('MESSAGE_LIMIT', () => reader('0000000b').readString()));
  test('a negative count', () => failsWith('MESSAGE_MALFORMED', () => reader('80000000').readCount(FieldType.i32)));
  test('a large count', () => failsWith('MESSAGE_LIMIT', () => reader('00000006').readCount(FieldType.i32)));
  test('a count without its entries', () =>
    failsWith('MESSAGE_TRUNCATED', () => reader('0000000300000000').readCount(FieldType.i32)));
  test('entries of no type', () => failsWith('MESSAGE_MALFORMED', () => reader('00000001ffffffff').readCount(99)));
  test('a large message', () => failsWith('MESSAGE_LIMIT', () => new ByteReader(Buffer.alloc(101), limits)));
  test('an empty container may name no type', () => assert.equal(reader('00000000').readCount(0), 0));

  test('entries of all containers together', () => {
    const input = reader('0000000301010100000003010101');
    assert.equal(input.readCount(FieldType.bool), 3);
    input.take(3);
    failsWith('MESSAGE_LIMIT', () => input.readCount(FieldType.bool));
  });

  test('depth', () => {
    const nested = (levels: number): string => '0c0001'.repeat(levels) + '00'.repeat(levels + 1);
    skipValue(reader(nested(2)), FieldType.struct);
    failsWith('MESSAGE_LIMIT', () => skipValue(reader(nested(3)), FieldType.struct));
  });

  test('a writer refuses what no length can say', () => {
    failsWith('MESSAGE_LIMIT', () => new ByteWriter().reserve(2 ** 31));
  });

  test('the limits of replies are enough for a large table', () => {
    assert.ok(replyLimits.entries >= 1_000_000 * 20);
  });
});
