import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repositoryFile, Sandbox, until } from '../../integration/harness.ts';

test('tables and columns of agent and extensions are documented in tables', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  sandbox.daemon(`--extension=${repositoryFile('examples', 'hello-table', 'hello.ts')}`);
  await until('the extension', async () => (await sandbox.ask('select 1 from hello'))[0]);
  assert.deepEqual(
    await sandbox.ask(
      "select name, extension is null as own, extension, platforms from outpost_tables where name in ('hello', 'time')",
    ),
    [
      { name: 'hello', own: '0', extension: 'hello', platforms: 'linux,macos,windows' },
      { name: 'time', own: '1', extension: '', platforms: 'linux,macos,windows' },
    ],
  );
  const [all] = await sandbox.ask('select count(*) as tables, count(distinct name) as names from outpost_tables');
  assert.equal(all?.tables, all?.names);
  assert.ok(Number(all?.tables) > 100, String(all?.tables));
  const columns = await sandbox.ask(
    "select name, type, options from outpost_columns where table_name = 'hello' order by position",
  );
  assert.deepEqual(
    columns.map(({ name, type, options }) => [name, type, options]),
    [
      ['name', 'TEXT', 'index'],
      ['greeting', 'TEXT', ''],
      ['length', 'INTEGER', ''],
    ],
  );
  const [described] = await sandbox.ask(
    "select description from outpost_columns where table_name = 'outpost_tables' and name = 'name'",
  );
  assert.equal(described?.description, 'Name of the table');
});
