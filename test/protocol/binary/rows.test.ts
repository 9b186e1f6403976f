import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { ByteReader } from '../../../protocol/src/binary/reader.ts';
import { readStringMap, writeStringMap } from '../../../protocol/src/binary/rows.ts';
import { ByteWriter } from '../../../protocol/src/binary/writer.ts';
import { decodeRows, encodeRows, type PluginRow } from '../../../protocol/src/index.ts';
import { texts } from '../any-value.ts';

const hostile = fc.constantFrom('__proto__', 'constructor', 'hasOwnProperty', 'toString', '10', '9', '');
const row = fc.dictionary(fc.oneof(texts(), hostile), texts());

suite('rows', () => {
  test('come back as they went', () => {
    fc.assert(
      fc.property(fc.array(row), rows => {
        const expected = rows.map(member => Object.fromEntries(Object.entries(member)));
        assert.deepEqual(decodeRows(encodeRows(rows)), expected);
      }),
    );
  });

  test('may have different columns each', () => {
    const rows = [{ a: '1', b: '2' }, { a: '1' }, {}, { b: '2', a: '1' }, { ab: '1', b: '2' }, { a: '', b: '' }];
    assert.deepEqual(decodeRows(encodeRows(rows)), rows);
  });

  test('may come from a generator', () => {
    function* generate(): Generator<PluginRow> {
      for (let index = 0; index < 1000; index++) yield { index: String(index) };
    }
    assert.equal(decodeRows(encodeRows(generate()))[999]?.index, '999');
  });

  test('keep a column of the name __proto__', () => {
    const [decoded] = decodeRows(encodeRows([Object.fromEntries([['__proto__', 'x']])]));
    assert.deepEqual(Object.entries(decoded ?? {}), [['__proto__', 'x']]);
    assert.equal(Object.getPrototypeOf(decoded), Object.prototype);
  });

  test('do not take columns from a prototype', () => {
    const inheriting = Object.create({ inherited: 'x' }) as PluginRow;
    inheriting.own = 'y';
    assert.deepEqual(decodeRows(encodeRows([inheriting])), [{ own: 'y' }]);
  });

  test('with a value that is no text name the column', () => {
    for (const value of [undefined, null, 5, true, {}]) {
      assert.throws(() => encodeRows([{ good: 'x', bad: value as unknown as string }]), {
        code: 'VALUE_NOT_TEXT',
        message: /^The column bad of a row holds a value of type \w+;/,
      });
    }
  });

  test('many rows, more than the first of which are long', () => {
    const rows = Array.from({ length: 5000 }, (_, index) => ({ text: 'x'.repeat(index < 100 ? 1 : 100) }));
    assert.deepEqual(decodeRows(encodeRows(rows)), rows);
  });

  test('a single map', () => {
    const output = new ByteWriter();
    writeStringMap(output, { action: 'columns' });
    assert.deepEqual(readStringMap(new ByteReader(output.written())), { action: 'columns' });
  });

  for (const [what, hex, code] of [
    ['rows that are no maps', '0b000000010000000161', 'MESSAGE_MALFORMED'],
    ['maps of numbers', '0d000000010b080000000100000001610000000a', 'MESSAGE_MALFORMED'],
    ['bytes behind the rows', '0d0000000000', 'MESSAGE_MALFORMED'],
    ['rows that are not all there', '0d00000002', 'MESSAGE_TRUNCATED'],
    ['nothing', '', 'MESSAGE_TRUNCATED'],
    ['a count beyond all bounds', '0d7fffffff', 'MESSAGE_LIMIT'],
  ] as const) {
    test(`are refused: ${what}`, () => {
      assert.throws(() => decodeRows(Buffer.from(hex, 'hex')), { name: 'OutpostError', code });
    });
  }
});
