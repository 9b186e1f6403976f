import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import { ConfiguredTables } from '../../../core/src/agent/configured-tables.ts';
import type { Core } from '../../../core/src/agent/core.ts';
import type { ConfigFault } from '../../../core/src/config/fault.ts';
import { sourceFault } from '../../../core/src/config/fault.ts';
import type { TableDrafts } from '../../../core/src/config/tables.ts';
import { rowsAsText } from '../../../core/src/engine/rows.ts';
import { openCore } from './harness.ts';

interface AutomaticRecord {
  readonly auto_table_construction: Readonly<
    Record<string, { query: string; path: string; columns: readonly string[] }>
  >;
  readonly queries: Readonly<Record<string, string>>;
  readonly snapshots: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
  readonly status: readonly string[];
}
interface ViewsRecord {
  readonly views: Readonly<Record<string, string>> | null;
  readonly snapshots: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
  readonly errors: readonly string[];
}

const golden = <Value>(name: string): Value =>
  JSON.parse(readFileSync(new URL(`../../golden/daemon/${name}.json`, import.meta.url), 'utf8')) as Value;

const fault = (message: string): ConfigFault => sourceFault('s', message);
const drafts = (
  automatic: Readonly<Record<string, { query: string; path: string; columns: readonly string[] }>>,
  views: Readonly<Record<string, string>> = {},
): TableDrafts => ({
  automatic: Object.entries(automatic).map(([name, each]) => ({ name, ...each, fault })),
  views: Object.entries(views).map(([name, sql]) => ({ name, sql, fault })),
});

const messages = (faults: readonly ConfigFault[]): string[] => faults.map(({ message }) => message);

const ask = async ({ engine }: Core, sql: string): Promise<unknown> =>
  rowsAsText(await engine.query(sql, { lane: 'scheduled', encoding: 'thrift', deadlineMs: 10_000 }));

const directoryOf = (context: TestContext): string => {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-configured-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

/** The databases of the record. */
const makeDatabases = (directory: string): void => {
  const make = (name: string, sql: string): void => {
    const database = new Database(join(directory, name));
    database.exec(sql);
    database.close();
  };
  make('a.db', "create table b(i, t, d, x, n); insert into b values (1,'x',1.5,x'00ff',null), (2,'é',2.0,x'6263','t')");
  make('b.db', "create table b(i, t, d, x, n); insert into b values (3,'z',1e20,x'',null)");
  writeFileSync(join(directory, 'c.db'), 'not a database');
  make('d.db', 'create table other(a)');
};

/** Columns match whatever the case of their letters, and doubles are written as SQLite writes them: not as osquery has it. */
const ours: AutomaticRecord['snapshots'] = {
  upper: [
    { I: '1', T: 'x', path: '/tmp/g/data/a.db' },
    { I: '2', T: 'é', path: '/tmp/g/data/a.db' },
  ],
};
const ourDoubles: Readonly<Record<string, string>> = {
  '1.500000': '1.5',
  '2.000000': '2.0',
  '100000000000000000000.000000': '1.0e+20',
};

test('automatic tables answer what osquery answered', async context => {
  const directory = directoryOf(context);
  makeDatabases(directory);
  const record = golden<AutomaticRecord>('automatic-tables');
  const core = await openCore(context);
  const tables = new ConfiguredTables(core);
  const here = JSON.parse(JSON.stringify(record.auto_table_construction).replaceAll('/tmp/g/data', directory));
  assert.deepEqual(await tables.apply(drafts(here)), []);
  for (const [name, sql] of Object.entries(record.queries)) {
    const expected = (ours[name] ?? record.snapshots[name] ?? []).map(row =>
      Object.fromEntries(
        Object.entries(row).map(([column, value]) => [
          column,
          ourDoubles[value] ?? value.replace('/tmp/g/data', directory),
        ]),
      ),
    );
    assert.deepEqual(await ask(core, sql), expected, name);
  }
});

test('views over changes of the configuration answer what osquery answered over restarts', async context => {
  const core = await openCore(context);
  const tables = new ConfiguredTables(core);
  for (const { views, snapshots, errors } of golden<readonly ViewsRecord[]>('views')) {
    assert.deepEqual(await tables.apply(drafts({}, views ?? {})), []);
    for (const [query, rows] of Object.entries(snapshots))
      assert.deepEqual(await ask(core, `select * from ${query === 'q' ? 'v1' : 'v2'}`), rows);
    for (const error of errors) {
      const [, message = '', view] = /: (no such table: (v\d))/.exec(error) ?? [];
      await assert.rejects(ask(core, `select * from ${view}`), { message });
    }
  }
});

test('a table is known everywhere while the configuration has it', async context => {
  const directory = directoryOf(context);
  makeDatabases(directory);
  const core = await openCore(context, '--disable_tables=off');
  const tables = new ConfiguredTables(core);
  const spec = { query: 'select i from b', path: join(directory, 'b.db'), columns: ['i'] };
  assert.deepEqual(await tables.apply(drafts({ mine: spec, off: spec })), []);
  assert.ok(core.tableNames().includes('mine'));
  assert.ok(core.registry.has('table', 'off'));
  await assert.rejects(ask(core, 'select * from off'), { message: 'no such table: off' });
  const called = await core.registry.call('table', 'mine', { action: 'generate', context: '{}' });
  assert.deepEqual(called.response, [{ i: '3', path: spec.path }]);
  assert.equal((await core.engine.schema('mine'))?.columns.length, 2);
  const { generation } = core.engine.catalog;
  await tables.apply(drafts({ mine: spec, off: spec }));
  assert.equal(core.engine.catalog.generation, generation);
  await tables.apply(drafts({ mine: { ...spec, query: 'select i + 1 as i from b' } }));
  assert.deepEqual(await ask(core, 'select i from mine'), [{ i: '4' }]);
  await tables.apply(drafts({}));
  await assert.rejects(ask(core, 'select * from mine'), { message: 'no such table: mine' });
  assert.ok(!core.registry.has('table', 'mine'));
});

test('nothing takes the name of a table that is there', async context => {
  const core = await openCore(context);
  const tables = new ConfiguredTables(core);
  const spec = { query: 'select 1', path: '/nowhere', columns: ['a'] };
  const faults = messages(
    await tables.apply(drafts({ TIME: spec, hosts: spec }, { uptime: 'select 1 as a', fine: 'select 1 as a' })),
  );
  assert.deepEqual(faults, [
    'ATC Table: TIME overrides core table; Refusing registration',
    'ATC Table: hosts overrides core table; Refusing registration',
    'The view uptime is left out: there is a table of that name.',
  ]);
  assert.deepEqual(await ask(core, 'select * from fine'), [{ a: '1' }]);
  assert.deepEqual(await ask(core, 'select count(*) as n from time'), [{ n: '1' }]);
});

test('a view that cannot be made is told apart from one that cannot be used yet', async context => {
  const core = await openCore(context);
  const tables = new ConfiguredTables(core);
  const views = { broken: 'selec', two: 'select 1; select 2', early: 'select * from comes_later' };
  assert.deepEqual(messages(await tables.apply(drafts({}, views))), [
    'Error creating view (broken): near "selec": syntax error',
    'Error creating view (two): it has more than one statement',
    'The view early cannot be used now: no such table: main.comes_later',
  ]);
  const later = { comes_later: { query: 'select 1', path: '/nowhere', columns: ['a'] } };
  assert.deepEqual(await tables.apply(drafts(later, { early: views.early })), []);
  assert.deepEqual(await ask(core, 'select * from early'), []);
});
