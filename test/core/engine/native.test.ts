import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import {
  authorize,
  beginRun,
  changes,
  counters,
  declare,
  encodings,
  finalize,
  inTransaction,
  interrupt,
  nativeTypes,
  openConnection,
  prepare,
  resetCounters,
  type SqlValue,
  step,
  takeDenial,
  undeclare,
} from '../../../core/src/engine/native.ts';
import { golden, openTables, type TestTable } from './native-harness.ts';

const columns = [
  { name: 'id', type: nativeTypes.INTEGER, options: 0 },
  { name: 'name', type: nativeTypes.TEXT, options: 0 },
];
const numbers = (count: number): TestTable => ({
  columns,
  rows: function* () {
    for (let id = 0; id < count; id++) yield { id, name: `n${id}` };
  },
});

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

  test('may run inside one another', () => {
    const outer = openTables({
      inner: numbers(3),
      outer: { columns, rows: () => outer.query('select * from inner').map(([id, name]) => ({ id, name })) },
    });
    assert.deepEqual(outer.query('select name from outer where id > 0'), [['n1'], ['n2']]);
    outer.close();
  });

  test('that run cannot be stepped, finalized or have their connection closed from inside', () => {
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
          attempt(() => inner.close());
          return [];
        },
      },
    });
    const statement = prepare(inner.handle, 'select * from t');
    assert.ok(statement);
    step(statement, 0, 100, 100);
    assert.deepEqual(seen, ['The statement is running.', 'The statement is running.', 'The connection is in use.']);
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

suite('interrupts', () => {
  const endless = 'with recursive c(x) as (select 1 union all select x + 1 from c) select max(x) from c';
  /** Interrupts from another thread until told to stop. */
  const interrupter = (handle: number, run: number): Worker => {
    const native = new URL('../../../core/src/engine/native.ts', import.meta.url).href;
    const source = `import(${JSON.stringify(native)}).then(({ interrupt }) => setInterval(() => interrupt(${handle}, ${run}), 20))`;
    return new Worker(source, { eval: true });
  };

  test('end an endless statement from another thread', async () => {
    const connection = openTables({ t: numbers(1) });
    beginRun(connection.handle, 3);
    const worker = interrupter(connection.handle, 3);
    const fault = connection.fault(endless);
    assert.deepEqual([fault.message, fault.sqliteCode], ['interrupted', 9]);
    await worker.terminate();
    assert.equal(connection.fault('select 1').message, 'interrupted');
    beginRun(connection.handle, 4);
    assert.deepEqual(connection.query('select 1'), [[1]]);
    connection.close();
  });

  test('end a table that gives empty blocks for ever', async () => {
    const empty = function* (): Generator<Uint8Array> {
      for (;;) yield Uint8Array.of(0x90);
    };
    const connection = openTables({ t: { columns, blocks: empty } });
    beginRun(connection.handle, 1);
    const worker = interrupter(connection.handle, 0);
    assert.equal(connection.fault('select * from t').message, 'interrupted');
    await worker.terminate();
    connection.close();
  });

  test('aim at one run only, and at nothing once the connection is closed', () => {
    const connection = openTables({});
    beginRun(connection.handle, 8);
    assert.equal(interrupt(connection.handle, 7), false);
    assert.deepEqual(connection.query('select 1'), [[1]]);
    assert.equal(interrupt(connection.handle, 8), true);
    connection.close();
    assert.equal(interrupt(connection.handle), false);
  });

  test('a connection belongs to its thread, and goes with it', async () => {
    const native = new URL('../../../core/src/engine/native.ts', import.meta.url).href;
    const source = `import(${JSON.stringify(native)}).then(native => {
      const { parentPort } = require('node:worker_threads');
      const none = () => null;
      const connection = native.openConnection({ connect: () => 'x', open: none, next: none, close: none, update: none }, new Int32Array(2));
      const statement = native.prepare(connection.handle, 'select 1 union all select 2');
      native.step(statement, 0, 1, 1);
      parentPort.postMessage(connection.handle);
    })`;
    const worker = new Worker(source, { eval: true });
    const handle = await new Promise<never>(resolve => worker.once('message', resolve));
    assert.throws(() => prepare(handle, 'select 1'), /another thread|closed/);
    await worker.terminate();
    assert.equal(interrupt(handle), false);
  });
});

suite('versions', () => {
  interface VersionRecord {
    readonly a: string;
    readonly b: string;
    readonly generic: number;
    readonly ARCH: number;
    readonly DPKG: number;
    readonly RHEL: number;
  }
  const records = golden<VersionRecord>('version-compare.jsonl');
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const connection = openTables({});
  after(() => connection.close());

  for (const [flavour, collation] of Object.entries({
    generic: 'version',
    ARCH: 'VERSION_ARCH',
    DPKG: 'version_dpkg',
    RHEL: 'version_rhel',
  })) {
    test(`compare as osquery's in the flavour ${flavour}, by collation and by function`, () => {
      for (const record of records) {
        const [a, b] = [quoted(record.a), quoted(record.b)];
        const third = flavour === 'generic' ? '' : `, '${flavour.toLowerCase()}'`;
        const sql = `select (${a} > ${b} collate ${collation}) - (${a} < ${b} collate ${collation}), version_compare(${a}, ${b}${third})`;
        const expected: SqlValue = record[flavour as keyof VersionRecord];
        assert.deepEqual(connection.query(sql), [[expected, expected]], `${record.a} ${record.b}`);
      }
    });
  }

  test('order rows', () => {
    const sql = "select column1 from (values ('1.10'), ('1.9'), ('1.2')) order by column1 collate version";
    assert.deepEqual(connection.query(sql).flat(), ['1.2', '1.9', '1.10']);
  });

  test('ask for two texts and a known flavour', () => {
    assert.equal(
      connection.fault("select version_compare('1', 2)").message,
      'Must provide two version strings to compare.',
    );
    assert.equal(
      connection.fault("select version_compare('1', '2', 3)").message,
      'The optional third parameter is not a string.',
    );
    assert.match(connection.fault("select version_compare('1', '2', 'x')").message, /does not match one of/);
  });
});
