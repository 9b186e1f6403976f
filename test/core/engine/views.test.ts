import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failsWith, openEngine, rows } from './harness.ts';

const lanes = ['scheduled', 'live', 'shell', 'extension'] as const;
const views = (texts: Readonly<Record<string, string>>): ReadonlyMap<string, string> => new Map(Object.entries(texts));

test('every connection has the views, and their tables may be views', async context => {
  const engine = openEngine(context);
  engine.catalog.setViews(
    views({ outer: 'select n + 1 as m from "in ner"', 'in ner': 'select n from numbers where n < 3;' }),
  );
  for (const lane of lanes)
    assert.deepEqual(await rows(engine, 'select m from outer order by m', { lane }), [{ m: 2 }, { m: 3 }]);
  assert.deepEqual(await engine.columns('select * from outer'), [{ name: 'm', type: 'BIGINT' }]);
  assert.deepEqual(await rows(engine, "select sql from sqlite_master where name = 'outer'"), [
    { sql: 'CREATE VIEW "outer" as select n + 1 as m from "in ner"' },
  ]);
});

test('a view changes and goes with the configuration', async context => {
  const engine = openEngine(context);
  const { catalog } = engine;
  catalog.setViews(views({ v: 'select 1 as a', w: 'select 5 as a' }));
  assert.deepEqual(await rows(engine, 'select a from v'), [{ a: 1 }]);
  const { generation } = catalog;
  catalog.setViews(views({ v: 'select 1 as a', w: 'select 5 as a' }));
  assert.equal(catalog.generation, generation);
  catalog.setViews(views({ v: 'select 2 as a', w: 'select 5 as a' }));
  assert.deepEqual(await rows(engine, 'select v.a, w.a as b from v, w'), [{ a: 2, b: 5 }]);
  catalog.setViews(views({}));
  for (const name of ['v', 'w'])
    await assert.rejects(rows(engine, `select a from ${name}`), failsWith('SQL_ERROR', `no such table: ${name}`));
});

test('a table goes before a view of its name, and the view comes back when the table is gone', async context => {
  const engine = openEngine(context);
  const { catalog } = engine;
  catalog.setViews(views({ v: 'select 1 as a', NUMBERS: 'select 7 as n', digits: 'select 8 as n' }));
  assert.deepEqual([...catalog.views().keys()], ['v']);
  assert.deepEqual(await rows(engine, 'select n from digits where n = 2'), [{ n: 2 }]);
  const column = { name: 'a', type: 'TEXT' as const, options: 0, description: '', aliases: [], foreign: false };
  const schema = { name: 'v', aliases: [], description: '', platforms: [], columns: [column] };
  const rest = { attributes: 0, examples: [], order: [], exact: [] };
  catalog.set({ name: 'v', aliases: [], placement: { kind: 'empty' }, schema: { ...schema, ...rest } });
  assert.deepEqual(await rows(engine, 'select a from v'), []);
  catalog.remove('v');
  assert.deepEqual(await rows(engine, 'select a from v'), [{ a: 1 }]);
});

test('what a view may not do it cannot do', async context => {
  const engine = openEngine(context);
  engine.catalog.setViews(views({ v: "select load_extension('x') as a", w: 'select 1; drop view v' }));
  await assert.rejects(rows(engine, 'select a from v'), /unsafe use of load_extension/);
  assert.deepEqual(await rows(engine, "select count(*) as n from sqlite_master where name in ('v', 'w')"), [{ n: 2 }]);
});

test('a text that cannot be a view is told apart from one whose tables are not there yet', async context => {
  const engine = openEngine(context);
  assert.equal(await engine.viewFault('select * from absent'), undefined);
  assert.equal(await engine.viewFault('with a(b) as (select 1) select b from a; -- that is all'), undefined);
  assert.equal(await engine.viewFault('selec'), 'near "selec": syntax error');
  assert.match((await engine.viewFault('delete from numbers')) ?? '', /syntax error/);
  assert.match((await engine.viewFault('')) ?? '', /incomplete input/);
  assert.equal(await engine.viewFault('select 1; select 2'), 'it has more than one statement');
  assert.notEqual(await engine.viewFault('select 1; drop'), undefined);
});
