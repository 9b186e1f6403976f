import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  decodeConstraints,
  encodeConstraints,
  encodeTypedRow,
  OutpostError,
  readRows,
  type SqlValue,
} from '../../../protocol/src/index.ts';

const bytes = fc.uint8Array({ maxLength: 300 });
const integer = fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }));
const real = fc.double({ noNaN: true }).filter(value => !Number.isSafeInteger(value));
const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme', maxLength: 70_000, size: 'large' }));
const value: fc.Arbitrary<SqlValue> = fc.oneof(fc.constant(null), text, integer, real, bytes);
const constraints = fc.array(
  fc.record(
    { column: fc.string(), op: fc.nat(80), values: fc.array(value, { maxLength: 20 }) },
    { noNullPrototype: true },
  ),
  { maxLength: 8 },
);

suite('values written by their own type', () => {
  test('constraints come out as they went in', () => {
    fc.assert(
      fc.property(constraints, written => assert.deepEqual(decodeConstraints(encodeConstraints(written)), written)),
      { numRuns: 200 },
    );
  });

  test('a list of many values is written whole', () => {
    const values = Array.from({ length: 30_000 }, (_, index) => `value ${index}`);
    const written = [{ column: 'c', op: 2, values }];
    assert.deepEqual(decodeConstraints(encodeConstraints(written)), written);
  });

  test('a typed row keeps integers and reals apart', () => {
    const row = encodeTypedRow([1n, 1, null, 'é', Buffer.of(0, 255), -(2n ** 63n)]);
    assert.equal(
      Buffer.from(row).toString('hex'),
      'dd00000001dd00000006d30000000000000001cb3ff0000000000000c0a2c3a9c40200ffd38000000000000000',
    );
    assert.deepEqual([...readRows(row)], [[1, 1, null, 'é', new Uint8Array([0, 255]), -(2n ** 63n)]]);
  });

  test('mutated constraints are read, or refused', () => {
    fc.assert(
      fc.property(constraints, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), (written, changes) => {
        const mutated = Buffer.from(encodeConstraints(written));
        for (const [at, byte] of changes) mutated[at % Math.max(1, mutated.length)] = byte;
        try {
          decodeConstraints(mutated);
        } catch (error) {
          assert.ok(error instanceof OutpostError && error.code === 'BLOCK_MALFORMED', String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
