import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { encodings, finalize, nativeTypes, prepare, type SqlValue, step } from '../../../core/src/engine/native.ts';
import { usedColumns } from '../../../core/src/engine/used-columns.ts';
import { readRows } from '../../../protocol/src/blocks/block-reader.ts';
import { BlockWriter } from '../../../protocol/src/blocks/block-writer.ts';
import { OutpostError } from '../../../protocol/src/index.ts';
import { golden, openTables, thriftRows } from './native-harness.ts';

interface TypeRecord {
  readonly case: string;
  readonly value?: GoldenText;
  readonly sql: string;
  readonly api?: readonly Record<string, GoldenText>[];
}

/** Text, or bytes that are not UTF-8. */
type GoldenText = string | { readonly hex: string };

const bytesOf = (text: GoldenText): Buffer =>
  typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.hex, 'hex');
const repeated = 'x repeated 3000 times';

const typed = [
  { name: 's', type: nativeTypes.TEXT, options: 0 },
  { name: 'n', type: nativeTypes.INTEGER, options: 0 },
  { name: 'b', type: nativeTypes.BIGINT, options: 0 },
  { name: 'u', type: nativeTypes['UNSIGNED BIGINT'], options: 0 },
  { name: 'd', type: nativeTypes.DOUBLE, options: 0 },
  { name: 'x', type: nativeTypes.BLOB, options: 0 },
  { name: 'f', type: nativeTypes.UNKNOWN, options: 0 },
];
const typedDdl = 'create table ty(s TEXT, n INTEGER, b BIGINT, u UNSIGNED BIGINT, d DOUBLE, x BLOB, f FOO)';

suite('Thrift strings become values of the column types', () => {
  for (const record of golden<TypeRecord>('types.jsonl')) {
    if (record.api === undefined || record.value === undefined) continue;
    const sent = record.value === repeated ? 'x'.repeat(3000) : bytesOf(record.value);
    test(`${record.case}: ${JSON.stringify(record.value)} ${record.sql.slice(0, 40)}`, () => {
      const row = Object.fromEntries(typed.map(column => [column.name, sent]));
      using connection = openTables({
        ty: { columns: typed, ddl: typedDdl, pushdown: 1, encoding: 1, blocks: () => [thriftRows([row])] },
      });
      const statement = prepare(connection.handle, record.sql);
      assert.ok(statement);
      const { block, rows } = step(statement, encodings.thrift, 1 << 20, 100);
      finalize(statement);
      const header = Buffer.alloc(5);
      header[0] = 13;
      header.writeInt32BE(rows, 1);
      const expected = record.api?.map(fields =>
        Object.fromEntries(
          Object.entries(fields)
            .sort()
            .map(([name, text]) => [name, bytesOf(text)]),
        ),
      );
      assert.deepEqual(
        Buffer.concat([header, block]).toString('latin1'),
        thriftRows(expected ?? []).toString('latin1'),
      );
    });
  }

  test('keys of any order, extra, missing and double', () => {
    const rows = [{ s: 'a', n: '1' }, { n: '2', s: 'b', extra: '!' }, { s: 'c' }, { extra: '', d: '1' }, {}];
    using connection = openTables({
      ty: { columns: typed, ddl: typedDdl, encoding: 1, blocks: () => [thriftRows(rows)] },
    });
    assert.deepEqual(connection.query('select s, n, d from ty'), [
      ['a', 1, null],
      ['b', 2, null],
      ['c', null, null],
      ['', null, 1],
      ['', null, null],
    ]);
  });

  test('row ids that the rows carry', () => {
    const connection = openTables({
      ty: {
        columns: typed,
        ddl: typedDdl,
        encoding: 1,
        blocks: () => [thriftRows([{ rowid: '-12x' }, { rowid: '7' }, {}])],
      },
      bad: { columns: typed, ddl: typedDdl, encoding: 1, blocks: () => [thriftRows([{ rowid: 'x' }])] },
    });
    assert.deepEqual(connection.query('select rowid from ty'), [[-12], [7], [2]]);
    assert.equal(connection.fault('select rowid from bad').message, 'SQL logic error');
    connection.close();
  });

  test('a column alias reads the column it stands for', () => {
    const columns = [...typed, { name: 'old', type: nativeTypes.UNKNOWN, options: 16, target: 1 }];
    using connection = openTables({
      ty: {
        columns,
        ddl: typedDdl.replace(')', ', old INTEGER HIDDEN)'),
        encoding: 1,
        blocks: () => [thriftRows([{ n: '5', old: '6' }])],
      },
    });
    assert.deepEqual(connection.query('select old, n from ty'), [[5, 5]]);
  });
});

suite('values of rows', () => {
  const echo = (type: keyof typeof nativeTypes, value: unknown): SqlValue[] => {
    using connection = openTables({
      t: {
        columns: [{ name: 'v', type: nativeTypes[type], options: 0 }],
        rows: () => [value === missing ? {} : { v: value }],
      },
    });
    return connection.query('select v, typeof(v) from t')[0] as SqlValue[];
  };
  const missing = Symbol('missing');
  const cases: [keyof typeof nativeTypes, unknown, SqlValue, string][] = [
    ['TEXT', 'é€😀', 'é€😀', 'text'],
    ['TEXT', 'a\0b', 'a\0b', 'text'],
    ['TEXT', '\ud800', '\ufffd', 'text'],
    ['TEXT', 'é'.repeat(20), 'é'.repeat(20), 'text'],
    ['TEXT', 'é'.repeat(31), 'é'.repeat(31), 'text'],
    ['TEXT', 'é'.repeat(200), 'é'.repeat(200), 'text'],
    ['TEXT', 'x'.repeat(300_000), 'x'.repeat(300_000), 'text'],
    ['TEXT', null, null, 'null'],
    ['TEXT', missing, '', 'text'],
    ['TEXT', 12, '12', 'text'],
    ['TEXT', true, '1', 'text'],
    ['TEXT', 5n, '5', 'text'],
    ['INTEGER', 2 ** 40, 2 ** 40, 'integer'],
    ['INTEGER', -(2 ** 40), -(2 ** 40), 'integer'],
    ['INTEGER', 1.9, 1, 'integer'],
    ['INTEGER', -1.9, -1, 'integer'],
    ['INTEGER', Number.NaN, null, 'null'],
    ['INTEGER', Number.POSITIVE_INFINITY, null, 'null'],
    ['INTEGER', true, 1, 'integer'],
    ['INTEGER', ' 12abc', 12, 'integer'],
    ['INTEGER', 'abc', null, 'null'],
    ['INTEGER', missing, null, 'null'],
    ['BIGINT', 2n ** 63n - 1n, 2n ** 63n - 1n, 'integer'],
    ['BIGINT', -(2n ** 63n), -(2n ** 63n), 'integer'],
    ['BIGINT', 2n ** 63n, null, 'null'],
    ['BIGINT', 2 ** 62, 2n ** 62n, 'integer'],
    ['BIGINT', 1e300, null, 'null'],
    ['DOUBLE', 5, 5, 'real'],
    ['DOUBLE', 0.1, 0.1, 'real'],
    ['DOUBLE', Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 'real'],
    ['DOUBLE', Number.NaN, null, 'null'],
    ['DOUBLE', 3n, 3, 'real'],
    ['DOUBLE', '1.5', 1.5, 'real'],
    ['DOUBLE', missing, null, 'null'],
    ['BLOB', 'text', 'text', 'text'],
    ['BLOB', Uint8Array.of(0, 255), Uint8Array.of(0, 255), 'blob'],
    ['BLOB', new Uint8Array(0), new Uint8Array(0), 'blob'],
    ['BLOB', new Uint8Array(70_000), new Uint8Array(70_000), 'blob'],
  ];
  for (const [type, value, expected, kind] of cases) {
    const shown =
      typeof value === 'string' && value.length > 40 ? `${value.length} characters` : String(value).slice(0, 40);
    test(`${type} ${typeof value} ${shown}`, () => assert.deepEqual(echo(type, value), [expected, kind]));
  }

  const narrow = (x: unknown): unknown => (typeof x === 'bigint' && Number.isSafeInteger(Number(x)) ? Number(x) : x);

  test('go round through a table and a result block', () => {
    const columns = [
      { name: 'i', type: nativeTypes.BIGINT, options: 0 },
      { name: 'd', type: nativeTypes.DOUBLE, options: 0 },
      { name: 's', type: nativeTypes.TEXT, options: 0 },
      { name: 'x', type: nativeTypes.BLOB, options: 0 },
    ];
    const row = fc.record({
      i: fc.oneof(fc.constant(null), fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      d: fc.oneof(fc.constant(null), fc.double({ noNaN: true })),
      s: fc.oneof(fc.constant(null), fc.string({ unit: 'binary', maxLength: 300 })),
      x: fc.oneof(fc.constant(null), fc.uint8Array({ maxLength: 300 })),
    });
    let rows: readonly Record<string, unknown>[] = [];
    using connection = openTables({ t: { columns, rows: () => rows } });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), fc.integer({ min: 1, max: 400 }), (some, copies) => {
        rows = Array.from({ length: copies }, () => some).flat();
        assert.deepEqual(
          connection.query('select * from t'),
          rows.map(({ i, d, s, x }) => [narrow(i), d, s, x]),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('equal values have equal bytes, the shortest', () => {
    using connection = openTables({});
    const bytes = (expression: string): string => {
      const statement = prepare(connection.handle, `select ${expression}`);
      assert.ok(statement);
      const { block } = step(statement, encodings.messagepack, 1 << 20, 1);
      finalize(statement);
      return block.toString('hex');
    };
    const shortest: Record<string, string> = {
      '0': '00',
      '127': '7f',
      '128': 'cc80',
      '255': 'ccff',
      '256': 'cd0100',
      '65535': 'cdffff',
      '65536': 'ce00010000',
      '4294967295': 'ceffffffff',
      '4294967296': 'cf0000000100000000',
      '-1': 'ff',
      '-32': 'e0',
      '-33': 'd0df',
      '-128': 'd080',
      '-129': 'd1ff7f',
      '-32768': 'd18000',
      '-32769': 'd2ffff7fff',
      '-2147483648': 'd280000000',
      '-2147483649': 'd3ffffffff7fffffff',
      '1.0': 'cb3ff0000000000000',
      null: 'c0',
      "''": 'a0',
      "x''": 'c400',
      "x'01'": 'c40101',
      "'é'": 'a2c3a9',
    };
    for (const [expression, hex] of Object.entries(shortest)) assert.equal(bytes(expression), `9191${hex}`, expression);
    assert.equal(bytes('zeroblob(256)').slice(0, 10), '9191c50100');
    assert.equal(bytes('printf("%.*c", 32, "x")').slice(0, 8), '9191d920');
  });

  test('what is no block is an error', () => {
    for (const bytes of [
      [],
      [0x91],
      [0x91, 0x91],
      [0x91, 0x91, 0xa2, 0x61],
      [0x91, 0x91, 0xc1],
      [0xc0],
      [0x91, 0x91, 0xcd, 0],
    ]) {
      assert.throws(() => [...readRows(Uint8Array.from(bytes))], { code: 'BLOCK_MALFORMED' });
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), bytes => {
        try {
          for (const _ of readRows(bytes));
        } catch (error) {
          assert.ok(error instanceof OutpostError);
        }
      }),
    );
  });

  test('a row of very many columns, texts before numbers', () => {
    const many = Array.from({ length: 2000 }, (_, i) => ({
      name: `c${i}`,
      type: i < 60 ? nativeTypes.TEXT : nativeTypes.DOUBLE,
      options: 0,
    }));
    const row = Object.fromEntries(
      many.map(({ name, type }, i) => [name, type === nativeTypes.TEXT ? 'x'.repeat(1000) : i]),
    );
    const used = [...many.keys()];
    const writer = new BlockWriter(many, used);
    for (let rows = 0; rows < 3; rows++) {
      writer.add(row);
      assert.deepEqual([...readRows(writer.take())], [Object.values(row)]);
    }
    writer.release();
  });

  test('a block is taken when it is full', () => {
    const writer = new BlockWriter([{ name: 'v', type: nativeTypes.TEXT }], [0]);
    let added = 1;
    while (writer.add({ v: 'x'.repeat(50) })) added++;
    assert.equal(added, 1024);
    assert.ok(writer.full);
    assert.equal([...readRows(writer.take())].length, 1024);
    assert.ok(!writer.full);
    assert.ok(!writer.add({ v: 'x'.repeat(70_000) }));
    writer.release();
  });

  test('the used columns of a mask', () => {
    assert.deepEqual(usedColumns(0x8000_0001, 0x8000_0001, 66), [0, 31, 32, 63, 64, 65]);
    assert.deepEqual(usedColumns(0, 0, 3), []);
  });
});
