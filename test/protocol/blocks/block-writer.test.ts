import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { Unpackr } from 'msgpackr';
import { BlockWriter } from '../../../protocol/src/blocks/block-writer.ts';
import { layoutOf, type WriterColumn, type WriterRow } from '../../../protocol/src/blocks/row-layout.ts';
import { type ColumnTypeCode, columnTypeCodes } from '../../../protocol/src/blocks/values.ts';

const unpackr = new Unpackr({ int64AsType: 'bigint', useRecords: false });
const decoded = (block: Uint8Array): unknown[][] => unpackr.unpack(block);

const asText = (value: unknown): unknown => {
  if (value === null || value instanceof Uint8Array) return value;
  if (value === undefined) return '';
  return (typeof value === 'boolean' ? (value ? '1' : '0') : String(value)).toWellFormed();
};

const asInteger = (value: unknown): unknown => {
  let integer: bigint | undefined;
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'bigint') integer = value;
  else if (typeof value === 'boolean') integer = value ? 1n : 0n;
  else if (typeof value === 'number' && Number.isFinite(value)) integer = BigInt(Math.trunc(value));
  else if (typeof value === 'string' && Number.isFinite(Number.parseInt(value, 10)))
    integer = BigInt(value.trim().replace(/(?<=\d)\D.*$/s, ''));
  return integer === undefined || BigInt.asIntN(64, integer) !== integer ? null : integer;
};

const asReal = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return value;
  if (value === null || value === undefined) return null;
  return typeof value === 'string' && value.trim() === '' ? null : Number(value);
};

/** What has to be read back of a value, by the rules that {@link BlockWriter} promises. */
const expected = (value: unknown, type: ColumnTypeCode): unknown => {
  if (type === columnTypeCodes.TEXT || type === columnTypeCodes.BLOB) return asText(value);
  return type === columnTypeCodes.DOUBLE ? asReal(value) : asInteger(value);
};

/** Integers as bigint, whatever their length in the block; bytes as plain arrays of bytes. */
const plain = (value: unknown, type: ColumnTypeCode): unknown => {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  return typeof value === 'number' && type !== columnTypeCodes.DOUBLE ? BigInt(value) : value;
};

const write = (columns: readonly WriterColumn[], used: readonly number[], rows: readonly WriterRow[]): Buffer[] => {
  const writer = new BlockWriter(columns, used);
  const blocks: Buffer[] = [];
  for (const row of rows) if (!writer.add(row)) blocks.push(Buffer.from(writer.take()));
  blocks.push(Buffer.from(writer.take()));
  writer.release();
  return blocks;
};

const texts = fc.oneof(
  fc.constantFrom(
    '',
    'S',
    'root',
    '/usr/bin/cron',
    'é',
    '漢字漢字漢字漢',
    '\ud800',
    'a\udc00b',
    '  12 monkeys',
    '-7',
    '1e3',
    '99999999999999999999',
  ),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .nat(7)
    .chain(extra =>
      fc.constantFrom(...[8, 31, 85, 255, 4096, 21_845, 65_535].map(size => 'x'.repeat(size - 3 + extra))),
    ),
  fc
    .nat(7)
    .chain(extra => fc.constantFrom(...[8, 31, 255, 4096, 65_535].map(size => 'ü'.repeat(size / 2 - 1 + extra)))),
);
const values = fc.oneof(
  { weight: 3, arbitrary: texts },
  { weight: 2, arbitrary: fc.integer() },
  fc.integer({ min: -40, max: 140 }),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(-0, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32, 2 ** 53, 2 ** 63, -(2 ** 63), Number.NaN, Infinity),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
  fc.boolean(),
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom(null, undefined),
);
const columnsOf = fc
  .array(fc.constantFrom(...Object.values(columnTypeCodes)), { minLength: 1, maxLength: 40 })
  .chain(types =>
    fc
      .uniqueArray(fc.oneof(fc.constantFrom('__proto__', 'constructor', '"', '\\', '\n', '\u2028'), fc.string()), {
        minLength: types.length,
        maxLength: types.length,
      })
      .map(names => types.map((type, index): WriterColumn => ({ name: names[index] as string, type }))),
  );
const tables = columnsOf.chain(columns =>
  fc.record({
    columns: fc.constant(columns),
    used: fc.subarray([...columns.keys()]),
    rows: fc.array(fc.array(values, { minLength: columns.length, maxLength: columns.length }), { maxLength: 12 }),
  }),
);

suite('a block holds the rows', () => {
  test('as another decoder reads them, whatever the values are, compiled and not', () => {
    fc.assert(
      fc.property(tables, ({ columns, used, rows }) => {
        const records = rows.map(row => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])));
        const looped = write(columns, used, records);
        layoutOf(columns, used).compile();
        assert.deepEqual(write(columns, used, records), looped);
        const read = looped.flatMap(decoded);
        const typeAt = (position: number): ColumnTypeCode => columns[used[position] as number]?.type as ColumnTypeCode;
        assert.deepEqual(
          read.map(row => row.map((value, position) => plain(value, typeAt(position)))),
          rows.map(row => used.map((at, position) => expected(row[at], typeAt(position)))),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('over many blocks, so that the layout is compiled on the way', () => {
    const columns = [
      { name: 'n', type: columnTypeCodes.INTEGER },
      { name: 's', type: columnTypeCodes.TEXT },
    ];
    const rows = Array.from({ length: 3000 }, (_, n) => ({ n, s: `row ${n}` }));
    const uncompiled = layoutOf(columns, [0, 1]).write;
    const blocks = write(columns, [0, 1], rows);
    assert.notEqual(layoutOf(columns, [0, 1]).write, uncompiled);
    assert.equal(blocks.length, 3);
    assert.deepEqual(
      blocks.flatMap(decoded),
      rows.map(({ n, s }) => [n, s]),
    );
  });

  test('of thousands of columns behind a text that leaves just enough room, and behind bytes that do not fit', () => {
    const columns = Array.from({ length: 5000 }, (_, at) => ({
      name: `c${at}`,
      type: at % 2500 === 0 ? columnTypeCodes.TEXT : columnTypeCodes.DOUBLE,
    }));
    const used = [...columns.keys()];
    for (const length of [16_000, 65_000, 81_900, 81_910, 82_000, 200_000]) {
      for (const large of ['x'.repeat(length), Buffer.alloc(length, 1)]) {
        const rows = [{ c2500: large }, { c0: large, c2500: large }].map(texts => ({
          ...Object.fromEntries(columns.map(({ name }, at) => [name, at])),
          ...texts,
        }));
        const read = write(columns, used, rows).flatMap(decoded);
        assert.deepEqual(
          read,
          rows.map(row => Object.values({ ...row, c0: typeof row.c0 === 'number' ? '0' : row.c0 })),
        );
      }
    }
  });

  test('with its row id behind them', () => {
    const writer = new BlockWriter([{ name: 's', type: columnTypeCodes.TEXT }], [0], 'rowid');
    writer.add({ s: 'x', rowid: 2n ** 40n });
    writer.add({ s: 'y' });
    assert.deepEqual(decoded(writer.take()), [
      ['x', 2n ** 40n],
      ['y', null],
    ]);
    writer.release();
  });
});

test('two scans never share a buffer, even after one was released twice', () => {
  const columns = [{ name: 's', type: columnTypeCodes.TEXT }];
  const first = new BlockWriter(columns, [0]);
  first.release();
  first.release();
  const [second, third] = [new BlockWriter(columns, [0]), new BlockWriter(columns, [0])];
  second.add({ s: 'second' });
  third.add({ s: 'third' });
  assert.deepEqual([...decoded(second.take()), ...decoded(third.take())], [['second'], ['third']]);
  second.release();
  third.release();
});

test('the layout of the same columns is made once', () => {
  const columns = [
    { name: 'a', type: columnTypeCodes.TEXT },
    { name: 'b', type: columnTypeCodes.TEXT },
  ];
  assert.equal(layoutOf(columns, [0, 1]), layoutOf(columns, [0, 1]));
  assert.notEqual(layoutOf(columns, [0]), layoutOf(columns, [1]));
  assert.notEqual(layoutOf(columns, [0]), layoutOf(columns, [0], 'rowid'));
  assert.notEqual(layoutOf(columns, [0]), layoutOf([...columns], [0]));
});
