import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeRows, encodeRows } from '@outpost/protocol';
import {
  bigint,
  blob,
  bytesToText,
  type ColumnType,
  decodeContext,
  decodeValueArray,
  defineTable,
  double,
  encodeContext,
  encodeValueArray,
  integer,
  rowEncoder,
  type SqlValue,
  tableContext,
  text,
  textToBytes,
  unsignedBigint,
  wireConstraints,
} from '@outpost/sdk';
import fc from 'fast-check';

const { schema } = defineTable({
  name: 'sample',
  description: 'Samples.',
  columns: {
    s: text('text', { aliases: ['alias_of_s'] }),
    i: integer('integer'),
    b: bigint('bigint'),
    u: unsignedBigint('unsigned'),
    d: double('double'),
    x: blob('bytes'),
    f: text('foreign', { platforms: [process.platform === 'win32' ? 'linux' : 'windows'] }),
  },
  generate: () => [],
});

const narrow = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(narrow);
const safe = fc.integer();
const values: Readonly<Record<ColumnType, fc.Arbitrary<SqlValue>>> = {
  TEXT: fc.string({ unit: 'binary' }),
  INTEGER: safe,
  BIGINT: long,
  'UNSIGNED BIGINT': long,
  DOUBLE: fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => Number(value.toPrecision(15))),
  BLOB: fc.uint8Array({ maxLength: 20 }),
};

const wellFormed = (value: SqlValue): boolean => typeof value !== 'string' || value.isWellFormed();

test('equality constraints survive the context JSON, as their columns hold them', () => {
  const column = fc.constantFrom(...schema.columns.filter(({ foreign }) => !foreign));
  const constraint = column.chain(({ name, type }) =>
    fc.record({
      column: fc.constant(name),
      op: fc.constant('=' as const),
      values: fc.uniqueArray(values[type as ColumnType].filter(wellFormed), { minLength: 1, maxLength: 4 }),
    }),
  );
  const unique = fc.uniqueArray(constraint, { selector: entry => entry.column });
  fc.assert(
    fc.property(unique, fc.subarray(schema.columns.map(({ name }) => name)), (constraints, used) => {
      const read = decodeContext(schema, encodeContext(schema, wireConstraints(constraints), used));
      const context = tableContext(schema, read);
      const direct = tableContext(schema, { constraints, used });
      for (const { name } of schema.columns) {
        const plain = (found: typeof context) =>
          found
            .equals(name)
            ?.map(value =>
              value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value === 0 ? 0 : value,
            );
        assert.deepEqual(plain(context), plain(direct));
        assert.equal(context.used(name), used.includes(name));
      }
    }),
  );
});

test('the context has every column and alias, sorted, in the form of osquery', () => {
  const json = encodeContext(
    schema,
    [
      { column: 'i', op: 2, expr: '5' },
      { column: 's', op: 73, expr: '10' },
    ],
    ['i', 's'],
  );
  const list = (name: string, affinity: string, terms = '') =>
    `{"name":"${name}","list":[${terms}],"affinity":"${affinity}"}`;
  assert.equal(
    json,
    `{"constraints":[${[
      list('alias_of_s', 'UNKNOWN'),
      list('b', 'BIGINT'),
      list('d', 'DOUBLE'),
      list('f', 'TEXT'),
      list('i', 'INTEGER', '{"op":2,"expr":"5"}'),
      list('s', 'TEXT', '{"op":73,"expr":"10"}'),
      list('u', 'UNSIGNED BIGINT'),
      list('x', 'BLOB'),
    ].join(',')}],"colsUsed":["i","s"],"colsUsedBitset":3}`,
  );
});

test('operators, aliases and LIMIT of a context are told apart', () => {
  const term = (op: number, expr: string) => ({ op, expr });
  const context = tableContext(
    schema,
    decodeContext(
      schema,
      JSON.stringify({
        constraints: [
          { name: 's', list: [term(65, 'a%'), term(73, '10'), term(74, '2'), term(66, 'b*')], affinity: 'TEXT' },
          { name: 'alias_of_s', list: [term(2, 'named')] },
          { name: 'i', list: [term(4, '3'), term(2, '1'), term(2, '2'), term(2, 'no number'), term(99, '1')] },
          { name: 'unknown', list: [term(2, '1')] },
          { name: 'd', list: '' },
          null,
        ],
        colsUsed: ['alias_of_s'],
      }),
    ),
  );
  assert.deepEqual(context.like('s'), ['a%']);
  assert.deepEqual(context.equals('s'), ['named']);
  assert.deepEqual(context.equals('i'), [1, 2]);
  assert.equal(context.equals('d'), undefined);
  assert.equal(context.limit, undefined);
  assert.deepEqual([context.used('s'), context.used('i')], [true, false]);
  assert.deepEqual(
    context.constraints.map(({ column, op }) => `${column} ${op}`),
    ['s like', 's glob', 's =', 'i =', 'i >'],
  );
});

test('a context that is absent, foreign or not JSON', () => {
  assert.deepEqual(decodeContext(schema, undefined), {});
  assert.deepEqual(decodeContext(schema, ''), {});
  for (const odd of ['null', '[]', '7', '{"constraints":5}'])
    assert.deepEqual(decodeContext(schema, odd).constraints, []);
  assert.throws(() => decodeContext(schema, '{'), SyntaxError);
  fc.assert(fc.property(fc.json(), json => void decodeContext(schema, json)));
});

test('values are compared as SQLite would: by the affinity of the column', () => {
  const equals = (column: string, value: SqlValue) =>
    tableContext(schema, { constraints: [{ column, op: '=', values: [value] }] }).equals(column)?.[0];
  assert.equal(equals('i', '5'), 5);
  assert.equal(equals('i', ' 5 '), 5);
  assert.equal(equals('i', '5.0'), 5);
  assert.equal(equals('i', '5.5'), undefined);
  assert.equal(equals('i', '0x10'), undefined);
  assert.equal(equals('i', ''), undefined);
  assert.equal(equals('i', null), undefined);
  assert.equal(equals('b', '9223372036854775807'), 9223372036854775807n);
  assert.equal(equals('b', 12n), 12);
  assert.equal(equals('d', '1.0e+20'), 1e20);
  assert.equal(equals('s', 5), '5');
  assert.equal(equals('s', 5.5), '5.5');
  assert.equal(equals('s', 1e20), '1.0e+20');
  assert.equal(equals('s', 0.1), '0.1');
  assert.deepEqual(equals('x', 'ab'), Buffer.from('ab'));
});

test('two constraints on one column leave the values of both', () => {
  const context = tableContext(schema, {
    constraints: [
      { column: 'i', op: '=', values: [1, 2, 3] },
      { column: 'i', op: '=', values: ['2', 4, 3n] },
    ],
  });
  assert.deepEqual(context.equals('i'), [2, 3]);
});

test('rows become string maps', () => {
  const encode = rowEncoder(schema);
  assert.deepEqual(encode({}), {});
  assert.deepEqual(encode({ s: null, i: null, f: 'foreign', other: 'x' } as never), { s: '', i: '' });
  assert.deepEqual(encode({ s: 'é\0', i: -5, b: 2 ** 53, u: 2n ** 64n - 1n, d: 0.1, x: Buffer.from('ö'), rowid: 7n }), {
    s: 'é\0',
    i: '-5',
    b: '9007199254740992',
    u: '18446744073709551615',
    d: '0.1',
    x: 'ö',
    rowid: '7',
  });
  const doubles = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1e21, 5];
  assert.deepEqual(
    doubles.map(d => encode({ d }).d),
    ['', 'inf', '-inf', '-0.0', '1e+21', '5'],
  );
  assert.deepEqual(encode({ i: 1.9, b: 1e21, u: Number.NaN }), { i: '1', b: '1000000000000000000000', u: '' });
});

test('a value of the wrong type is named with its table and column', () => {
  const encode = rowEncoder(schema);
  assert.throws(() => encode({ i: 'five' } as never), /The table sample gave string five in the INTEGER column i/);
  assert.throws(() => encode({ s: { a: 1 } } as never), /an object .* in the TEXT column s/);
  assert.throws(() => encode({ d: true } as never), { code: 'ROW_VALUE_INVALID' });
});

test('rows read back as SQLite reads their text are the same', () => {
  const row = fc.record({ s: fc.string(), i: safe, b: long, d: fc.double({ noNaN: true }) });
  fc.assert(
    fc.property(row, given => {
      const { s, i, b, d } = rowEncoder(schema)(given);
      assert.equal(s, given.s);
      assert.equal(Number(i), given.i);
      assert.equal(BigInt(b ?? ''), BigInt(given.b));
      assert.ok(Object.is(Number(d?.replace('inf', 'Infinity')), given.d));
    }),
  );
});

test('value arrays survive, integers exactly', () => {
  const array = fc.tuple(fc.string(), safe, long, long, fc.double({ noNaN: true, noDefaultInfinity: true }));
  fc.assert(
    fc.property(array, ([s, i, b, u, d]) => {
      const row = decodeValueArray(schema, encodeValueArray([s, i, b, u, d, null, null, null]));
      assert.deepEqual([row.s, row.i, row.b, row.u, row.x, row.f], [s, i, b, u, null, null]);
      assert.equal(Number(row.d), d === 0 ? 0 : d);
    }),
  );
  assert.throws(() => decodeValueArray(schema, '["a",'), SyntaxError);
  assert.throws(() => decodeValueArray(schema, '{}'), /not an array/);
  assert.deepEqual(decodeValueArray(schema, '["a"]').i, null);
});

test('bytes survive every way they travel', () => {
  fc.assert(
    fc.property(fc.uint8Array(), bytes => {
      assert.deepEqual(textToBytes(bytesToText(bytes)), Buffer.from(bytes));
      const wire = encodeRows([rowEncoder(schema)({ x: bytes })]);
      assert.ok(Buffer.from(wire).includes(Buffer.from(bytes)));
      assert.deepEqual(textToBytes(decodeRows(wire)[0]?.x ?? ''), Buffer.from(bytes));
      const row = decodeValueArray(schema, encodeValueArray([null, null, null, null, null, bytes, null]));
      assert.deepEqual(row.x, Buffer.from(bytes));
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), value => {
      assert.deepEqual(textToBytes(value), Buffer.from(value));
      assert.equal(bytesToText(Buffer.from(value)), value.toWellFormed());
    }),
  );
});
