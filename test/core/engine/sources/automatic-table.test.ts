import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { endless, failsWith, rows } from '../harness.ts';
import { openWorld } from './automatic-table-harness.ts';

test('rows come from every file of the pattern, as texts, with the path of each', async context => {
  const { engine, database, table, path, warnings } = openWorld(context);
  database('a.db').exec("create table b(i, d); insert into b values (1, 2.0), (9223372036854775807, x'6100ff')");
  database('b.db').exec('create table b(i, d); insert into b values (null, 1e20)');
  table('t', 'select i, d from b;', '%.db', ['i', 'D', 'absent']);
  assert.deepEqual(await rows(engine, 'select * from t'), [
    { i: '1', D: '2.0', absent: '', path: path('a.db') },
    { i: '9223372036854775807', D: 'a', absent: '', path: path('a.db') },
    { i: '', D: '1.0e+20', absent: '', path: path('b.db') },
  ]);
  assert.deepEqual(await rows(engine, `select i from t where path = '${path('b.db')}'`), [{ i: '' }]);
  assert.deepEqual(await rows(engine, 'select count(*) as n, count(distinct path) as p from t'), [{ n: 3, p: 2 }]);
  await assert.rejects(rows(engine, "insert into t(i) values ('1')"), failsWith('SQL_ERROR', /may not be modified/));
  assert.deepEqual(warnings, []);
});

test('a column of the query may have the name of the path, wherever it is listed', async context => {
  const { engine, database, table, warnings } = openWorld(context);
  database('a.db').exec("create table b(i, path); insert into b values (1, '/x'), (2, '/y')");
  table('last', 'select i, path from b', '%.db', ['i', 'path']);
  table('first', 'select i, path from b', '%.db', ['Path', 'i']);
  for (const name of ['first', 'last'])
    assert.deepEqual(await rows(engine, `select i from ${name} where path = '/y'`), [{ i: '2' }], name);
  assert.deepEqual(warnings, []);
});

test('a database in use is read with its log, whatever locks it, and nothing is left beside it', async context => {
  const { engine, database, table, directory, copies, warnings } = openWorld(context);
  const logged = database('logged.db');
  logged.pragma('journal_mode = wal');
  logged.exec("create table b(t); insert into b values ('committed'); begin; insert into b values ('not yet')");
  const locked = database('locked.db');
  locked.pragma('locking_mode = exclusive');
  locked.exec("create table b(t); insert into b values ('locked')");
  const before = readdirSync(directory);
  const shared = statSync(`${directory}/logged.db-shm`).mtimeMs;
  table('t', 'select t from b', '%.db', ['t']);
  assert.deepEqual(await rows(engine, 'select t from t order by t'), [{ t: 'committed' }, { t: 'locked' }]);
  assert.deepEqual(readdirSync(directory), before);
  assert.equal(statSync(`${directory}/logged.db-shm`).mtimeMs, shared);
  logged.exec("commit; insert into b values ('later')");
  assert.deepEqual(await rows(engine, "select t from t where t <> 'locked' order by t"), [
    { t: 'committed' },
    { t: 'later' },
    { t: 'not yet' },
  ]);
  assert.deepEqual(warnings, []);
  assert.deepEqual(copies(), []);
});

test('a log without its shared memory, as a killed process leaves it, is read too', async context => {
  const { engine, table, path, directory } = openWorld(context);
  const script = `
    const database = require('better-sqlite3')(${JSON.stringify(path('killed.db'))});
    database.pragma('journal_mode = wal');
    database.exec("create table b(t); insert into b values ('kept')");
    require('node:fs').rmSync(${JSON.stringify(path('killed.db-shm'))});
    process.kill(process.pid, 'SIGKILL');`;
  assert.throws(() => execFileSync(process.execPath, ['--eval', script], { stdio: 'ignore', cwd: process.cwd() }));
  assert.ok(statSync(path('killed.db-wal')).size > 0);
  table('t', 'select t from b', 'killed.db', ['t']);
  assert.deepEqual(await rows(engine, 'select t from t'), [{ t: 'kept' }]);
  assert.deepEqual(readdirSync(directory).sort(), ['killed.db', 'killed.db-wal']);
});

test('a file that cannot be read is left out with a warning, and the others are read', async context => {
  const { engine, database, table, path, directory, copies, warnings } = openWorld(context);
  database('good.db').exec("create table b(t); insert into b values ('good')");
  database('other.db').exec('create table c(t)');
  writeFileSync(path('text.db'), 'not a database');
  writeFileSync(path('empty.db'), '');
  mkdirSync(path('directory.db'));
  symlinkSync(path('nowhere'), path('dangling.db'));
  execFileSync('mkfifo', [path('fifo.db')]);
  const whole = readFileSync(path('good.db'));
  writeFileSync(path('torn.db'), Buffer.concat([whole.subarray(0, 100), Buffer.alloc(whole.length - 100, 0xaa)]));
  table('t', 'select t from b', '%.db', ['t']);
  assert.deepEqual(await rows(engine, 'select t from t', { deadlineMs: 5000 }), [{ t: 'good' }]);
  const said = warnings.map(line => line.replaceAll(`${directory}/`, '')).sort();
  const expected = [
    /^ATC Table: dangling.db is left out: ENOENT/,
    /^ATC Table: empty.db is left out: no such table: b$/,
    /^ATC Table: fifo.db is left out: it is no regular file$/,
    /^ATC Table: other.db is left out: no such table: b$/,
    /^ATC Table: text.db is left out: it is not a database$/,
    /^ATC Table: torn.db is left out: .*(database disk image is malformed|file is not a database)$/,
  ];
  assert.equal(said.length, expected.length, said.join('\n'));
  for (const [index, pattern] of expected.entries()) assert.match(said[index] ?? '', pattern);
  assert.deepEqual(copies(), []);
});

test('the query of a table can neither write nor reach another file', async context => {
  const { engine, database, table, path, warnings } = openWorld(context);
  const owner = database('a.db');
  owner.exec('create table b(t); insert into b values (1)');
  const hostile = [
    'delete from b',
    'select 1; delete from b',
    `attach '${path('stolen.db')}' as stolen`,
    `vacuum into '${path('stolen.db')}'`,
    'pragma writable_schema = on',
    "select load_extension('x')",
    "select readfile('/etc/passwd')",
    'begin immediate',
    '',
  ];
  for (const query of hostile) {
    table('t', query, 'a.db', ['t']);
    warnings.length = 0;
    const found = await rows(engine, 'select * from t');
    if (query.startsWith('select 1;')) assert.deepEqual(warnings, []);
    else assert.equal(found.length + 1, warnings.length, `${query}: ${warnings}`);
  }
  assert.deepEqual(owner.prepare('select t from b').all(), [{ t: 1 }]);
  assert.ok(!existsSync(path('stolen.db')));
});

test('a query without end is stopped at its deadline, also between two files', async context => {
  const { engine, database, table, copies } = openWorld(context);
  for (const name of ['a.db', 'b.db']) database(name).exec('create table b(t)');
  table('t', endless, '%.db', ['count(*)']);
  const began = performance.now();
  await assert.rejects(rows(engine, 'select * from t', { deadlineMs: 300 }), failsWith('QUERY_DEADLINE'));
  assert.ok(performance.now() - began < 1500);
  assert.deepEqual(await rows(engine, 'select 1 as a'), [{ a: 1 }]);
  assert.equal(engine.abandoned, 0);
  assert.deepEqual(copies(), []);
});

/** Gives all rows of a table one new value in each transaction, and says so when it has begun; ends when it is killed. */
const writer = (path: string, mode: string): string => `
  const database = require('better-sqlite3')(${JSON.stringify(path)});
  database.pragma('journal_mode = ${mode}');
  database.exec('create table b(v integer, padding text)');
  database.exec("with recursive c(x) as (select 1 union all select x + 1 from c where x < 2000) " +
    "insert into b select 0, hex(zeroblob(100)) from c");
  const update = database.prepare('update b set v = v + 1');
  const word = new Int32Array(new SharedArrayBuffer(4));
  console.log('begun');
  for (;;) {
    update.run();
    Atomics.wait(word, 0, 0, Math.random() * 40);
  }`;

for (const mode of ['wal', 'delete', 'truncate', 'persist'])
  test(`what is read of a file that is written to all the time is one moment of it (${mode})`, async context => {
    const { engine, table, path, warnings } = openWorld(context);
    const child = spawn(process.execPath, ['--eval', writer(path('busy.db'), mode)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    try {
      await once(child.stdout, 'data');
      table('t', 'select min(v) as low, max(v) as high, count(*) as n from b', 'busy.db', ['low', 'high', 'n']);
      const seen = new Set<unknown>();
      const end = performance.now() + 20_000;
      for (let round = 0; round < 40 || (seen.size < 4 && performance.now() < end); round++) {
        for (const { low, high, n } of await rows(engine, 'select low, high, n from t')) {
          assert.equal(low, high);
          assert.equal(n, '2000');
          seen.add(low);
        }
      }
      assert.ok(seen.size > 3, `${seen.size} moments were seen; ${warnings.length} times there was none`);
      for (const line of warnings)
        assert.match(line, /is left out: (?:it changed each time it was copied|disk I\/O error)$/);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  });
