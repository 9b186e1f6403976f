import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import {
  counters,
  declare,
  encodings,
  finalize,
  openConnection,
  prepare,
  reset,
  resetCounters,
  step,
  undeclare,
} from '../../../core/src/engine/native.ts';
import { nameColumns as columns, numberTable as numbers, openTables } from './native-harness.ts';

suite('statements', () => {
  const connection = openTables({ t: numbers(5000) });
  after(() => connection.close());

  test('describe their columns', () => {
    const statement = prepare(connection.handle, 'select Id, id + 1, "word" as w from t');
    assert.deepEqual(statement?.columns, [
      { name: 'id', declared: 'INTEGER', table: 't', origin: 'id' },
      { name: 'id + 1', declared: null, table: null, origin: null },
      { name: 'w', declared: null, table: null, origin: null },
    ]);
    assert.equal(statement.readonly, true);
    finalize(statement);
    finalize(statement);
    assert.throws(() => step(statement, 0, 1, 1), /finalized/);
  });

  test('follow one another in one text, by bytes', () => {
    assert.deepEqual(connection.query("select 'é'; ; select 2 -- end\n; /* nothing */ "), [['é'], [2]]);
    assert.equal(prepare(connection.handle, ' -- only a comment'), null);
    assert.equal(prepare(connection.handle, Buffer.from('select 1; '), 9), null);
    assert.throws(() => prepare(connection.handle, 'select 1', 9), /outside/);
  });

  test('come in parts', () => {
    const statement = prepare(connection.handle, 'select name from t');
    assert.ok(statement);
    let rows = 0;
    let parts = 0;
    for (let done = false; !done; parts++) {
      const result = step(statement, encodings.messagepack, 1000, 1 << 20);
      assert.ok(result.block.length < 1100);
      rows += result.rows;
      done = result.done;
    }
    assert.equal(rows, 5000);
    assert.ok(parts > 20);
    const more = step(statement, encodings.messagepack, 1000, 10);
    assert.deepEqual([more.block.toString('hex'), more.rows, more.done], ['90', 0, true]);
    finalize(statement);
  });

  test('leave a text a text, row after row, though only its bytes are read', () => {
    const text = "with c as materialized (select 'abc' as s, '' as e, zeroblob(3) as z, 'a' || char(0) || 'b' as n)";
    const results = 's, typeof(s), s || id, max(s), cast(s as blob), e, typeof(e), z, typeof(z), n, length(n)';
    const rows = connection.query(`${text} select 'abc', ${results} from c, t where id < 3 group by id order by s, id`);
    for (const [id, row] of rows.entries()) {
      const [blob, zeros] = [Buffer.from('abc'), Buffer.alloc(3)];
      const values = ['abc', 'text', `abc${id}`, 'abc', blob, '', 'text', zeros, 'blob', 'a\0b', 1];
      assert.deepEqual(
        row.map(value => (value instanceof Uint8Array ? Buffer.from(value) : value)),
        ['abc', ...values],
      );
    }
    assert.equal(rows.length, 3);
  });

  test('give Thrift rows as the manager answers: sorted, the last of a name, C strings', () => {
    const statement = prepare(
      connection.handle,
      "select 1 as b, null as a, 2 as b, 1.5 as r, 1e20 as s, -0.0 as z, 9e999 as i, 'x' || char(0) || 'y' as t, x'41' as x",
    );
    assert.ok(statement);
    const { block, rows } = step(statement, encodings.thrift, 1000, 10, 'NULL');
    finalize(statement);
    const words: string[] = [];
    for (let at = 6; at < block.length; ) {
      const length = block.readInt32BE(at);
      words.push(block.toString('utf8', at + 4, at + 4 + length));
      at += 4 + length;
    }
    assert.equal(rows, 1);
    assert.deepEqual(words, [
      'a',
      'NULL',
      'b',
      '2',
      'i',
      'inf.0',
      'r',
      '1.5',
      's',
      '1e+20.0',
      't',
      'x',
      'x',
      'A',
      'z',
      '-0.0',
    ]);
  });

  test('that are wrong say where', () => {
    const fault = connection.fault('select 1; selec 2');
    assert.equal(fault.message, 'near "selec": syntax error');
    assert.deepEqual([fault.sqliteCode, fault.offset], [1, 10]);
    assert.equal(connection.fault('select * from absent').message, 'no such table: absent');
    assert.equal(connection.fault("insert into t values (1, 'a')").message, 'table t may not be modified');
  });

  test('are bounded', () => {
    assert.match(connection.fault(`select ${'1+'.repeat(2000)}1`).message, /depth/);
    assert.match(connection.fault('select zeroblob(1000000000)').message, /too big/);
    assert.match(connection.fault(Array(600).fill('select 1').join(' union all ')).message, /too many terms/);
  });

  test('run again after a reset, from wherever they stand', () => {
    const { handle } = connection;
    const statement = prepare(
      handle,
      "select id, substr('abc', id) || abs(case id when 3 then -9223372036854775808 end) from t",
    );
    assert.ok(statement);
    const first = (rows: number) => step(statement, encodings.messagepack, 1 << 20, rows).block;
    const two = first(2);
    reset(statement);
    assert.deepEqual(first(2), two, 'half-way');
    assert.throws(() => first(9), /integer overflow/);
    reset(statement);
    assert.deepEqual(first(2), two, 'after an error');
    reset(statement);
    step(statement, encodings.thrift, 1 << 20, 2);
    reset(statement);
    reset(statement);
    assert.deepEqual(first(2), two, 'in another encoding');
    finalize(statement);
    assert.throws(() => reset(statement), /finalized/);
    assert.throws(() => reset({} as never), /not a statement/);
  });

  test('may run inside one another', () => {
    const outer = openTables({
      inner: numbers(3),
      outer: { columns, rows: () => outer.query('select * from inner').map(([id, name]) => ({ id, name })) },
    });
    assert.deepEqual(outer.query('select name from outer where id > 0'), [['n1'], ['n2']]);
    outer.close();
  });

  test('that run cannot be stepped, finalized, reset or have their connection closed from inside', () => {
    const seen: string[] = [];
    const attempt = (what: () => void): void => {
      try {
        what();
      } catch (error) {
        seen.push((error as Error).message);
      }
    };
    const inner = openTables({
      t: {
        columns,
        rows: () => {
          attempt(() => statement && step(statement, 0, 1, 1));
          attempt(() => statement && finalize(statement));
          attempt(() => statement && reset(statement));
          attempt(() => inner.close());
          return [];
        },
      },
    });
    const statement = prepare(inner.handle, 'select * from t');
    assert.ok(statement);
    step(statement, 0, 100, 100);
    assert.deepEqual(seen, [...Array(3).fill('The statement is running.'), 'The connection is in use.']);
    inner.close();
    assert.throws(() => step(statement, 0, 1, 1), /finalized/);
    assert.throws(() => prepare(inner.handle, 'select 1'), /closed/);
  });
});

suite('tables', () => {
  test('are asked for their schema when first used, and again when declared again', () => {
    const asked: string[] = [];
    const registers = new Int32Array(2);
    const connection = openConnection(
      {
        connect: name => {
          asked.push(name);
          if (name === 'broken') return 'extension x is not responding';
          if (name === 'odd') return { name } as never;
          return {
            table: 0,
            name,
            ddl: 'create table t(a)',
            columns: [{ name: 'a', type: 1, options: 0 }],
            pushdown: 0,
            writable: false,
            order: [],
            exact: [],
          };
        },
        open: () => null,
        next: () => null,
        close: () => undefined,
        update: () => undefined,
      },
      registers,
    );
    const run = (sql: string): void => {
      const statement = prepare(connection.handle, sql);
      if (statement) finalize(statement);
    };
    const { handle } = connection;
    const declareAll = (names: string[]): void => declare(handle, names);
    declareAll(['a', 'broken', 'odd']);
    assert.deepEqual(asked, []);
    run('select * from a');
    run('select * from A');
    assert.deepEqual(asked, ['a']);
    declareAll(['a']);
    run('select * from main.a');
    assert.deepEqual(asked, ['a', 'a']);
    assert.throws(() => run('select * from broken'), { message: 'extension x is not responding', sqliteCode: 1 });
    assert.throws(() => run('select * from odd'), /schema of table odd/);
    undeclare(handle, 'a');
    assert.throws(() => run('select * from a'), /no such table: a/);
    connection.close();
  });

  test('that throw fail the statement with their message, code and cause', () => {
    const thrown = Object.assign(new Error('no éntry'), { sqliteCode: 14 });
    const connection = openTables({
      t: {
        columns,
        rows: () => {
          throw thrown;
        },
      },
      late: {
        columns,
        rows: function* () {
          yield* Array(2000).fill({ id: 1 });
          throw new Error('late');
        },
      },
      text: {
        columns,
        rows: () => {
          throw 'a text';
        },
      },
    });
    const fault = connection.fault('select * from t');
    assert.deepEqual([fault.message, fault.sqliteCode, fault.cause], ['no éntry', 14, thrown]);
    assert.equal(connection.fault('select count(*) from late').message, 'late');
    assert.equal(connection.fault('select * from text').message, 'a text');
    assert.equal(connection.fault('select 1 from absent').cause, undefined);
    connection.close();
  });

  test('that give no bytes fail the statement', () => {
    const connection = openTables({ t: { columns, blocks: () => ['text'] as never } });
    assert.match(connection.fault('select * from t').message, /block of bytes/);
    connection.close();
  });

  test('are counted', () => {
    using connection = openTables({ t: numbers(10), u: numbers(3), idle: numbers(1) });
    connection.query('select * from t cross join u');
    const [u, t] = counters(connection.handle)
      .toSorted((a, b) => a.scans - b.scans)
      .reverse();
    assert.deepEqual([u?.name, u?.scans, u?.rows], ['u', 10, 30]);
    assert.deepEqual([t?.name, t?.scans, t?.rows], ['t', 1, 10]);
    assert.ok((t?.bytes ?? 0) > 40 && (t?.nanoseconds ?? 0) > 0);
    resetCounters(connection.handle);
    assert.deepEqual(counters(connection.handle), []);
  });

  test('have stable row ids where SQLite compares them', () => {
    using connection = openTables({
      t: { ...numbers(6), columns: columns.map(column => ({ ...column, options: 1 })) },
    });
    assert.deepEqual(connection.query('select rowid, id from t where id > 3'), [
      [4, 4],
      [5, 5],
    ]);
    assert.deepEqual(connection.query("select id from t where id = 1 or name = 'n4' or name = 'n1'"), [[1], [4]]);
    assert.equal(connection.query('select 1 from t a right join t b on a.id = b.id and a.id < 3').length, 6);
  });
});
