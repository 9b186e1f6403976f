import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { changes, nativeTypes } from '../../../core/src/engine/native.ts';
import { nameColumns as columns, openTables, type TestTable } from './native-harness.ts';

suite('writing', () => {
  const written: unknown[] = [];
  const table: TestTable = {
    columns: [...columns, { name: 'd', type: nativeTypes.DOUBLE, options: 0 }],
    writable: true,
    rowIdKey: 'key',
    rows: () => [
      { key: 10, id: 1, name: 'a', d: 1 },
      { key: 20n, id: 2, name: 'b', d: 2 },
    ],
    update: (_table, ...rest) => {
      written.push(rest);
      if (rest[3][1] === 'readonly') throw Object.assign(new Error('table w may not be modified'), { sqliteCode: 8 });
      return rest[3][1] === 'odd' ? undefined : 77n;
    },
  };
  const connection = openTables({ w: table });
  after(() => connection.close());
  const write = (sql: string): unknown[] => {
    written.length = 0;
    connection.query(sql);
    return [...written];
  };

  test('an insert', () => {
    assert.deepEqual(write("insert into w(name, d, id) values ('x', 1.0, 5)"), [[1, null, null, [5n, 'x', 1]]]);
    assert.equal(changes(connection.handle), 1);
    assert.deepEqual(write("insert into w(rowid, name) values (9, x'00')"), [
      [1, null, 9n, [null, Buffer.of(0), null]],
    ]);
    assert.deepEqual(connection.query('select last_insert_rowid()'), [[77]]);
  });

  test('an update', () => {
    assert.deepEqual(write("update w set name = 'z' where id = 2"), [[2, 20n, 20n, [2n, 'z', 2]]]);
    assert.deepEqual(write('update w set rowid = 5 where id = 2'), [[2, 20n, 5n, [2n, 'b', 2]]]);
  });

  test('a delete', () => {
    assert.deepEqual(write('delete from w where id = 1'), [[3, 10n, null, []]]);
    assert.deepEqual(write('delete from w').length, 2);
  });

  test('a refusal', () => {
    const fault = connection.fault("insert into w(name) values ('readonly')");
    assert.deepEqual([fault.message, fault.sqliteCode], ['table w may not be modified', 8]);
    assert.equal(connection.fault("insert into w(name) values ('odd')").message, 'SQL logic error');
  });
});
