import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOf } from '../../../core/src/engine/rows.ts';
import { openCore } from './harness.ts';

test('a statement over a table of another platform says where it exists', async context => {
  const core = await openCore(context);
  for (const [table, where] of [
    ['registry', 'Windows'],
    ['main.Apps', 'macOS'],
    ['packages', 'macOS'],
    ['battery', 'macOS and Windows'],
  ] as const) {
    const name = table.replace('main.', '');
    await assert.rejects(core.engine.query(`select * from ${table}`, { lane: 'live' }), {
      code: 'TABLE_OTHER_PLATFORM',
      message: `no such table: ${name} (it exists on ${where} only)`,
    });
    await assert.rejects(core.engine.columns(`select * from ${table}`), { code: 'TABLE_OTHER_PLATFORM' });
  }
});

test('with enable_foreign they are empty and have their columns, also when the flag comes later', {
  timeout: 20_000,
}, async context => {
  for (const late of [false, true]) {
    const core = await openCore(context, ...(late ? [] : ['--enable_foreign']), '--disable_tables=apps');
    const changed = Promise.withResolvers<void>();
    core.engine.catalog.onChange(() => changed.resolve());
    if (late) {
      core.flags.applyOptions({ enable_foreign: true });
      await changed.promise;
    }
    const columns = async (): Promise<unknown> =>
      (await core.engine.columns('select * from registry')).map(({ name }) => name);
    assert.deepEqual(await columns(), ['key', 'path', 'name', 'type', 'data', 'mtime']);
    const result = await core.engine.query("select count(*) as n from registry join packages p where key like '%'", {
      lane: 'shell',
    });
    assert.deepEqual([...rowsOf(result)], [{ n: 0 }]);
    await assert.rejects(core.engine.columns('select * from apps'), { code: 'TABLE_OTHER_PLATFORM' });
    assert.ok(core.tableNames().includes('registry'));
    if (!late) continue;
    core.flags.applyOptions({ enable_foreign: false });
    await assert.rejects(columns(), { code: 'TABLE_OTHER_PLATFORM' });
  }
});
