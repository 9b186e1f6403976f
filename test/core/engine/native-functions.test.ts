import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import {
  authorize,
  defineFunction,
  functionFlags,
  type NativeFunction,
  type SqlValue,
} from '../../../core/src/engine/native.ts';
import { openTables, type TestConnection } from './native-harness.ts';

const open = (context: TestContext, definitions: readonly Partial<NativeFunction>[] = []): TestConnection => {
  const connection = openTables({});
  context.after(() => connection.close());
  for (const definition of definitions)
    defineFunction(connection.handle, {
      name: 'f',
      arity: 1,
      kinds: 't',
      flags: 0,
      body: () => null,
      ...definition,
    });
  return connection;
};

const value = (connection: TestConnection, sql: string): SqlValue | undefined =>
  connection.query(`select ${sql}`)[0]?.[0];

suite('SQL functions in JavaScript', () => {
  test('text crosses as bytes, both ways', context => {
    const seen: string[] = [];
    const connection = open(context, [
      {
        kinds: 'b',
        body: (text: string) => {
          seen.push(text);
          return text;
        },
      },
    ]);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const literal = `cast(x'${bytes.toString('hex')}' as text)`;
    assert.deepEqual(value(connection, `hex(f(${literal}))`), bytes.toString('hex').toUpperCase());
    assert.deepEqual(seen, [bytes.toString('latin1')]);
    assert.equal(value(connection, "typeof(f('é')) || f('é')"), 'texté');
    assert.equal(value(connection, "length(f(''))"), 0);
    assert.equal(value(connection, "length(f(replace(hex(zeroblob(1000000)), '00', 'é')))"), 1_000_000);
  });

  test('arguments come in the kinds that were declared, the last standing for all that follow', context => {
    let seen: readonly unknown[] = [];
    const connection = open(context, [
      {
        arity: -1,
        kinds: 'tbiv',
        flags: functionFlags.nulls,
        body: (...values: readonly unknown[]) => {
          seen = values;
          return null;
        },
      },
    ]);
    const nul = "'a' || char(0) || 'b'";
    connection.query(`select f(${nul}, ${nul}, '4294967297x', 9007199254740993, 1.5, ${nul}, x'00ff', null, 1, 2)`);
    assert.deepEqual(seen, ['a', 'a\0b', 1, 9007199254740993n, 1.5, 'a', Buffer.of(0, 255), null, 1n, 2n]);
    connection.query('select f(1.5, 2, null)');
    assert.deepEqual(seen, ['1.5', '2', null]);
    connection.query('select f()');
    assert.deepEqual(seen, []);
  });

  test('a NULL makes the result NULL, unless the body takes it', context => {
    let calls = 0;
    const body = (): string => `call ${++calls}`;
    const connection = open(context, [
      { arity: 2, body },
      { name: 'g', flags: functionFlags.nulls, body },
    ]);
    assert.equal(value(connection, 'f(1, null)'), null);
    assert.equal(calls, 0);
    assert.equal(value(connection, 'g(null)'), 'call 1');
  });

  test('integers are exact, and a result of another type is an error', context => {
    const connection = open(context, [
      { body: () => -(2n ** 63n) },
      { name: 'g', body: (() => true) as unknown as NativeFunction['body'] },
    ]);
    assert.equal(value(connection, 'f(1)'), -(2n ** 63n));
    assert.match(connection.fault('select g(1)').message, /^An SQL function gave something else/);
  });

  test('what a body throws is the error of the statement', context => {
    const thrown = Object.assign(new RangeError('not that one: é'), { sqliteCode: 19 });
    const connection = open(context, [
      {
        body: () => {
          throw thrown;
        },
      },
      {
        name: 'g',
        body: () => {
          throw 'bare';
        },
      },
    ]);
    const fault = connection.fault('select f(1)');
    assert.deepEqual([fault.message, fault.sqliteCode, fault.cause], ['not that one: é', 19, thrown]);
    assert.deepEqual(
      [connection.fault('select g(1)').message, connection.fault('select g(1)').sqliteCode],
      ['bare', 1],
    );
    assert.equal(value(connection, '1'), 1);
    assert.equal(connection.fault('select f(1, 2)').message, 'wrong number of arguments to function f()');
  });

  test('an aggregate gets the texts of its group, and what it throws fails the statement', context => {
    const connection = open(context, [
      { flags: functionFlags.aggregate, body: (texts: string) => texts.split('\0').join('|') },
      {
        name: 'g',
        flags: functionFlags.aggregate,
        body: () => {
          throw new Error('no');
        },
      },
    ]);
    const groups = "from (values (1, 'a'), (2, 'b'), (1, null), (1, 3)) group by column1";
    assert.deepEqual(connection.query(`select f(column2) ${groups}`).flat(), ['a|3|', 'b|']);
    assert.deepEqual(connection.query('select f(1) where 0').flat(), ['']);
    assert.equal(connection.fault(`select g(column2) ${groups}`).message, 'no');
    assert.equal(value(connection, 'f(1)'), '1|');
  });

  test('more than a group may hold is an error', context => {
    const connection = open(context, [{ flags: functionFlags.aggregate, body: () => 'never' }]);
    const text = "replace(hex(zeroblob(20000000)), '00', 'x')";
    assert.equal(
      connection.fault(`select f(${text}) from (values (1), (2), (3), (4))`).message,
      'string or blob too big',
    );
  });

  test('a function defined again gives way, and its statements go on', context => {
    const connection = open(context, [{ body: () => 'first' }]);
    assert.equal(value(connection, 'f(1)'), 'first');
    defineFunction(connection.handle, { name: 'F', arity: 1, kinds: 't', flags: 0, body: () => 'second' });
    defineFunction(connection.handle, { name: 'f', arity: 2, kinds: 't', flags: 0, body: () => 'third' });
    assert.equal(value(connection, "f(1) || ' ' || f(1, 2)"), 'second third');
  });

  test('a definition that is not well formed is refused', context => {
    const connection = open(context);
    const bad = { name: 'f', arity: 1, kinds: '', flags: 0, body: () => null };
    assert.throws(() => defineFunction(connection.handle, bad), /not well formed/);
    assert.throws(() => defineFunction(connection.handle, { ...bad, kinds: 't', arity: 5000 }), Error);
    assert.throws(() => defineFunction(connection.handle, { ...bad, name: 1 as unknown as string }), /not well formed/);
  });

  test('functions go with their connection', () => {
    const connection = openTables({});
    const body = (): string => 'x';
    defineFunction(connection.handle, { name: 'f', arity: 1, kinds: 't', flags: functionFlags.deterministic, body });
    authorize(connection.handle, true);
    assert.equal(value(connection, 'f(1)'), 'x');
    connection.close();
    assert.throws(() => connection.query('select f(1)'), /closed/);
  });
});

suite('mathematical functions', () => {
  test('errors of the C library are errors of the statement', context => {
    const connection = open(context);
    const errors = {
      'sqrt(-1)': 'Numerical argument out of domain',
      'log(0)': 'Numerical result out of range',
      'power(10, 400)': 'Numerical result out of range',
      'cos(1e999)': 'Numerical argument out of domain',
    };
    for (const [sql, message] of Object.entries(errors))
      assert.equal(connection.fault(`select ${sql}`).message, message);
  });

  test('ceil and floor give integers, the smallest where none fits', context => {
    const connection = open(context);
    const smallest = -(2n ** 63n);
    const sql =
      "ceil(1.2), floor(-1.2), ceil(9223372036854775807), ceil('1.2'), ceil(9223372036854775808.0), floor(-1e999)";
    assert.deepEqual(connection.query(`select ${sql}`), [[2, -2, 2n ** 63n - 1n, 2, smallest, smallest]]);
    assert.deepEqual(connection.query('select typeof(ceil(0.5)), sqrt(null), power(null, 1), ceil(null)'), [
      ['integer', null, null, null],
    ]);
  });
});
