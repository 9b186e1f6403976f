import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { authorize, inTransaction, takeDenial } from '../../../core/src/engine/native.ts';
import { numberTable as numbers, openTables } from './native-harness.ts';

suite('what a statement may do', () => {
  const connection = openTables({ t: numbers(3) });
  authorize(connection.handle, true);
  after(() => connection.close());

  for (const sql of [
    'select * from t',
    'with recursive c(x) as (select 1 union all select x + 1 from c where x < 3) select * from c',
    'create view v as select * from t; select * from v; drop view v',
    'create table real(a); insert into real values (1); update real set a = 2; delete from real; drop table real',
    'create temp table tt(a integer primary key); drop table tt',
    'create virtual table vt using t; select * from vt; drop table vt',
    'pragma table_info(t)',
    'pragma TABLE_XINFO(t)',
    'select * from pragma_function_list limit 1',
    'begin; commit',
    'explain select 1',
    'select upper("a"), json_array(1)',
  ]) {
    test(`allowed: ${sql}`, () => assert.ok(connection.query(sql)));
  }

  const denied: [string, string?][] = [
    ["attach '/tmp/x' as y", 'Authorizer denied action 24 /tmp/x null null null'],
    ['detach main'],
    ['vacuum'],
    ["vacuum into '/tmp/outpost-test-vacuum'"],
    ['savepoint s', 'Authorizer denied action 32 BEGIN s null null'],
    ['create table x(a text primary key)', 'Authorizer denied action 1 sqlite_autoindex_x_1 x main null'],
    ['create table x(a unique)'],
    ['pragma table_list', 'Authorizer denied action 19 table_list null null null'],
    ['pragma writable_schema = 1'],
    ["pragma temp_store_directory = '/tmp'"],
    ['pragma hard_heap_limit = 1'],
    ['select * from pragma_database_list'],
    ["select load_extension('/tmp/x.so')"],
    ['select outpost_handle()'],
    ['create trigger r after insert on sqlite_master begin select 1; end'],
    ["update sqlite_master set sql = 'x'"],
  ];
  for (const [sql, line] of denied) {
    test(`denied: ${sql}`, () => {
      const fault = connection.fault(sql);
      assert.match(fault.message, /not authorized|authorization denied|may not be modified|system table/);
      if (line !== undefined) assert.equal(takeDenial(connection.handle), line);
    });
  }

  test('a denial is told once', () => {
    connection.fault('savepoint s');
    assert.ok(takeDenial(connection.handle));
    assert.equal(takeDenial(connection.handle), null);
  });

  test('an open transaction can be seen', () => {
    assert.equal(inTransaction(connection.handle), false);
    connection.query('begin');
    assert.equal(inTransaction(connection.handle), true);
    connection.query('rollback');
  });
});
