import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { suite, test } from 'node:test';
import { OutpostError } from '@outpost/protocol';
import type { Engine } from '../../../core/src/engine/engine.ts';
import { authorize } from '../../../core/src/engine/native.ts';
import { failsWith, openEngine, rows, temporaryDirectory } from './harness.ts';
import { type HostileStatement, hostileStatements, type Verdict } from './hostile-statements.ts';
import { numberTable, openTables, type TestConnection } from './native-harness.ts';

/** Enough for every probe, little for a bomb. */
const budget = { rows: 1000, bytes: 1 << 20, cpuMs: 700, memory: 24 << 20 };

const codes: Readonly<Record<Verdict, string>> = {
  denied: 'QUERY_NOT_AUTHORIZED',
  error: 'SQL_ERROR',
  memory: 'QUERY_BUDGET_MEMORY',
  cpu: 'QUERY_BUDGET_CPU',
  rows: 'QUERY_BUDGET_ROWS',
  bytes: 'QUERY_BUDGET_BYTES',
  harmless: '',
};

/** Everything that a statement could have left in its connection and a later one could see. */
const probe = `
  select group_concat(type || ' ' || name, ', ') as schema, group_concat(sql) as texts from
    (select * from main.sqlite_master union all select * from sqlite_temp_master);
  pragma main.journal_mode;
  pragma temp.journal_mode;
  select 'a' like 'A' as ignores_case, last_insert_rowid() as inserted, changes() as changed, total_changes() as total;
  select count(*) as numbers, (select count(*) from digits) as digits from numbers`;

/** What is to be stopped for its memory may take its time until then. */
const budgetOf = (verdict: Verdict): typeof budget => (verdict === 'memory' ? { ...budget, cpuMs: 20_000 } : budget);

const verdictOf = async (engine: Engine, { sql, verdict }: HostileStatement): Promise<string> => {
  try {
    await engine.query(sql, { lane: 'live', name: 'hostile', deadlineMs: 20_000, budget: budgetOf(verdict) });
    return '';
  } catch (error) {
    assert.ok(error instanceof OutpostError, String(error));
    return error.code;
  }
};

const titleOf = ({ sql, verdict }: HostileStatement): string =>
  `${verdict}: ${sql.replaceAll('\0', '\\0').slice(0, 100)}${sql.length > 100 ? '…' : ''}`;

test('there are enough hostile statements, each once', () => {
  assert.ok(hostileStatements.length > 200);
  assert.equal(new Set(hostileStatements.map(({ sql }) => sql)).size, hostileStatements.length);
});

test('a hostile statement is refused, stopped or without effect on what follows', async context => {
  const directory = temporaryDirectory(context);
  const home = process.cwd();
  process.chdir(directory);
  context.after(() => process.chdir(home));
  const engine = openEngine(context);
  const probed = (): Promise<unknown> => rows(engine, probe, { lane: 'live' });
  const untouched = await probed();
  for (const statement of hostileStatements) {
    await context.test(titleOf(statement), async () => {
      assert.equal(await verdictOf(engine, statement), codes[statement.verdict]);
      assert.deepEqual(await probed(), untouched);
      assert.deepEqual(readdirSync(directory), []);
    });
  }
});

/** The pragmas that tell of a setting; those that list tables and count pages tell of what came before the refusal. */
const pragmas = ({ handle, database, query }: TestConnection): unknown => {
  authorize(handle, false);
  const names = query('select name from pragma_pragma_list order by name').map(([name]) => String(name));
  const quiet = names.filter(
    name => !/check|^(wal_|incremental_|optimize|shrink)|_version|_count|_list$|^freelist/.test(name),
  );
  const values = quiet.map(name => [name, database.pragma(name)]);
  authorize(handle, true);
  return values;
};

suite('a refused statement changes no setting', () => {
  for (const statement of hostileStatements.filter(({ verdict }) => verdict === 'denied')) {
    test(titleOf(statement), () => {
      using connection = openTables({ numbers: numberTable(3), digits: numberTable(3) });
      const untouched = pragmas(connection);
      assert.match(connection.fault(statement.sql).message, /^(not authorized|authorization denied)/);
      if (connection.database.inTransaction) connection.query('rollback');
      assert.deepEqual(pragmas(connection), untouched);
    });
  }
});

test('of the modules that SQLite brings only dbstat may be a table', () => {
  using connection = openTables({});
  const modules = connection.query("select name from pragma_module_list where name not like 'pragma%'").map(String);
  authorize(connection.handle, true);
  assert.ok(modules.length > 5);
  for (const module of modules) {
    const sql = `create virtual table trace using ${module}(a, b, c)`;
    if (module === 'dbstat') assert.deepEqual(connection.query('create virtual table pages using dbstat'), []);
    else assert.equal(connection.fault(sql).message, 'not authorized');
  }
});

test('a refusal says what was refused and why, after what osquery says', async context => {
  const lines: string[] = [];
  const engine = openEngine(context, { onDenial: line => lines.push(line) });
  const refusals: Readonly<Record<string, [string, string]>> = {
    "attach '/tmp/x' as y": [
      'not authorized: ATTACH /tmp/x is refused, since',
      'Authorizer denied action 24 /tmp/x null null null',
    ],
    vacuum: ['authorization denied: ATTACH is refused, since', 'Authorizer denied action 24  null null null'],
    'pragma cache_size = 7': [
      'not authorized: PRAGMA cache_size 7 is refused, since',
      'Authorizer denied action 19 cache_size 7 null null',
    ],
    "select load_extension('x')": [
      'not authorized to use function: load_extension: the function load_extension is refused, since',
      'Authorizer denied action 31 null load_extension null null',
    ],
    'create table t(a unique)': [
      'not authorized: CREATE INDEX sqlite_autoindex_t_1 t main is refused, since',
      'Authorizer denied action 1 sqlite_autoindex_t_1 t main null',
    ],
  };
  for (const [sql, [beginning, line]] of Object.entries(refusals)) {
    const fails = failsWith('QUERY_NOT_AUTHORIZED', new RegExp(`^${beginning.replaceAll('/', '\\/')}`));
    await assert.rejects(rows(engine, sql), fails);
    assert.deepEqual(lines.splice(0), [line]);
    if (sql === 'vacuum') continue; // it is refused when it runs
    await assert.rejects(engine.columns(sql), fails);
    assert.deepEqual(lines.splice(0), [line]);
  }
});

test('a refused name of a megabyte makes a short log line', async context => {
  const lines: string[] = [];
  const engine = openEngine(context, { onDenial: line => lines.push(line) });
  await assert.rejects(rows(engine, `attach '${'x'.repeat(500_000)}' as y`), failsWith('QUERY_NOT_AUTHORIZED'));
  assert.ok((lines[0]?.length ?? 0) < 2000);
});

test('the shell keeps what its statements create, and its settings', async context => {
  const engine = openEngine(context);
  await rows(engine, 'create table kept(a); insert into kept values (1); pragma case_sensitive_like = 1');
  assert.deepEqual(await rows(engine, "select a, 'a' like 'A' as same from kept"), [{ a: 1, same: 0 }]);
  await assert.rejects(
    rows(engine, 'select * from kept', { lane: 'live' }),
    failsWith('SQL_ERROR', /^no such table: kept/),
  );
  await assert.rejects(rows(engine, 'select * from kept', { lane: 'extension' }), failsWith('SQL_ERROR'));
});
