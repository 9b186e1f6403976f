import assert from 'node:assert/strict';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { codePoints, fromBytes, toBytes, untilNul } from '../../../core/src/shell/bytes.ts';
import { rowsOfBlock } from '../../../core/src/shell/cells.ts';
import { doubleText } from '../../../core/src/shell/double.ts';
import { blockOf } from './fake-engine.ts';

const database = new Database(':memory:');
const sqliteText = database.prepare('select cast(? as text)').pluck();

test('doubles of up to 15 digits read as SQLite writes them', () => {
  const decimal = fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: -30, max: 25 }));
  fc.assert(
    fc.property(decimal, ([digits, exponent]) => {
      const value = Number(`${digits}e${exponent}`);
      assert.equal(doubleText(value), sqliteText.get(value));
    }),
    { numRuns: 3000 },
  );
});

test('any double reads as SQLite writes it, but for the last of 17 digits twice in a thousand', () => {
  const values = fc.sample(fc.double({ noNaN: true }), { numRuns: 20_000, seed: 1 });
  const wrong = values.filter(value => doubleText(value) !== sqliteText.get(value));
  assert.ok(wrong.length <= values.length / 500, `${wrong.length} of ${values.length}: ${wrong.slice(0, 5)}`);
  for (const value of wrong) assert.ok(Math.abs(Number(doubleText(value)) / value - 1) < 1e-15);
});

test('doubles at the borders', () => {
  const texts: readonly (readonly [number, string])[] = [
    [0, '0.0'],
    [-0, '0.0'],
    [Number.POSITIVE_INFINITY, 'Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [1e16, '10000000000000000.0'],
    [1e17, '1.0e+17'],
    [0.0001, '0.0001'],
    [0.00001, '1.0e-05'],
    [0.1 + 0.2, '0.30000000000000004'],
    [1 / 3, '0.33333333333333332'],
    [2 ** 63, '9.2233720368547758e+18'],
    [5e-324, '4.9406564584124654e-324'],
    [Number.NaN, ''],
  ];
  for (const [value, text] of texts) assert.equal(doubleText(value), text);
});

test('blocks give back what was put in, integers apart from doubles, bytes as they are', () => {
  const value = fc.oneof(
    fc.constant(null),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double({ noNaN: true }),
    fc.string(),
    fc.uint8Array(),
  );
  const expected = (each: unknown): string | null => {
    if (each === null) return null;
    if (typeof each === 'bigint') return String(each);
    if (typeof each === 'number') return doubleText(each);
    return untilNul(Buffer.from(each as string | Uint8Array).toString('latin1'));
  };
  fc.assert(
    fc.property(fc.array(fc.array(value)), rows => {
      assert.deepEqual(
        rowsOfBlock(blockOf(rows)),
        rows.map(row => row.map(expected)),
      );
    }),
  );
});

test('every short form of MessagePack is read', () => {
  const values = [
    '00',
    '7f',
    'e0',
    'ff',
    'cc80',
    'cd0100',
    'ce00010000',
    'd080',
    'd18000',
    'd280000000',
    'ca3fc00000',
    'c0',
  ];
  const row = Buffer.concat([Buffer.from([0x91, 0x9c]), Buffer.from(values.join(''), 'hex')]);
  assert.deepEqual(rowsOfBlock(row), [
    ['0', '127', '-32', '-1', '128', '256', '65536', '-128', '-32768', '-2147483648', '1.5', null],
  ]);
  const texts = Buffer.concat([
    Buffer.from('9194a161', 'hex'),
    Buffer.from('d90162', 'hex'),
    Buffer.from('da000163', 'hex'),
    Buffer.from('c403ff0041', 'hex'),
  ]);
  assert.deepEqual(rowsOfBlock(texts), [['a', 'b', 'c', '\u00ff']]);
});

test('a damaged block is an error that says where', () => {
  assert.throws(() => rowsOfBlock(Buffer.from('9191a5', 'hex')), /ends at byte 3, inside a value/);
  assert.throws(() => rowsOfBlock(Buffer.from('a161', 'hex')), /type 0xa1 at byte 0, where an array belongs/);
  assert.throws(() => rowsOfBlock(Buffer.from('9191c1', 'hex')), /type 0xc1 at byte 2, where a value belongs/);
});

test('byte strings keep text and count its code points', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      assert.equal(fromBytes(toBytes(text)), text);
      assert.equal(codePoints(toBytes(text)), [...text].length);
    }),
  );
});
