import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import { parseFlags, programOf } from '../../../core/src/flags/index.ts';
import type { LocalSource } from '../../../core/src/shell/shell.ts';
import { openEngineSource } from '../../../core/src/shell/source/open.ts';

/** A shell's engine over a configuration, and what it complains of. */
const open = async (context: TestContext, config: (directory: string) => string) => {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-shell-'));
  const database = new Database(join(directory, 'a.db'));
  database.exec("create table b(t); insert into b values ('of the file')");
  database.close();
  writeFileSync(join(directory, 'outpost.conf'), config(directory));
  const argv = ['--flagfile=', '--disable_extensions', `--config_path=${directory}/outpost.conf`];
  const parsed = parseFlags(argv, programOf('outposti', []));
  assert.ok(parsed.kind !== 'exit');
  const complaints: string[] = [];
  const source: LocalSource = await openEngineSource(parsed.flags, text => complaints.push(text));
  context.after(async () => {
    await source.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const ask = async (sql: string): Promise<unknown> => (await source.query(sql, new AbortController().signal)).rows;
  return { source, ask, complaints };
};

const sound = (directory: string): string =>
  JSON.stringify({
    views: { seen: 'select t from mine' },
    auto_table_construction: { mine: { query: 'select t from b', path: `${directory}/%.db`, columns: ['t'] } },
    schedule: { broken: { query: 'selec', interval: 1 } },
  });

test('the shell reads the configuration when a statement names a table that is not there', async context => {
  const { source, ask, complaints } = await open(context, sound);
  assert.ok(!source.catalog.names().includes('mine'));
  assert.deepEqual(await ask('select t from seen'), [['of the file']]);
  assert.deepEqual(await source.columns('select t from mine'), [{ name: 't', type: 'TEXT' }]);
  await assert.rejects(ask('select * from nobodys'), { message: 'no such table: nobodys' });
  assert.deepEqual(complaints, []);
});

test('tables of the configuration are listed', async context => {
  const { source } = await open(context, sound);
  await source.catalog.complete();
  assert.ok(source.catalog.names().includes('mine'));
  assert.deepEqual(
    (await source.catalog.schema('mine'))?.columns.map(({ name }) => name),
    ['t', 'path'],
  );
});

test('a configuration that is broken is complained of, once, and the shell goes on', async context => {
  const { ask, complaints } = await open(context, () => '{');
  for (let round = 0; round < 2; round++) await assert.rejects(ask('select * from mine'), /no such table: mine/);
  assert.deepEqual(await ask('select 1'), [['1']]);
  assert.equal(complaints.length, 1, complaints.join(''));
  assert.match(complaints[0] ?? '', /outpost\.conf:1:\d+/);
});
