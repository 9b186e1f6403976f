import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTable, integer, type TableDefinition, text } from '@outpost/sdk';
import { Engine } from '../../../core/src/engine/engine.ts';
import { failsWith, openEngine, rows } from './harness.ts';

const constant = (name: string, n: number, aliases: readonly string[] = []): TableDefinition =>
  defineTable({
    name,
    aliases: [...aliases],
    description: 'One row.',
    columns: { n: integer('A number') },
    generate: () => [{ n }],
  }) as TableDefinition;

test('changes between queries reach every thread before its next query', async context => {
  const engine = openEngine(context);
  const count = (table: string): Promise<unknown[]> =>
    Promise.all(
      (['scheduled', 'live', 'shell', 'extension', 'extension'] as const).map(async lane => {
        const result = await engine.query(`select n from ${table}`, { lane });
        return result.rowCount;
      }),
    );
  engine.addMainTables(constant('first', 1));
  assert.deepEqual(await count('first'), [1, 1, 1, 1, 1]);
  engine.catalog.remove('first');
  engine.addMainTables(constant('second', 2));
  assert.deepEqual(await count('second'), [1, 1, 1, 1, 1]);
  await assert.rejects(count('first'), failsWith('SQL_ERROR', 'no such table: first'));
});

test('changes while queries run wait for their end; none is lost', async context => {
  const engine = openEngine(context);
  const lanes = ['live', 'shell', 'extension'] as const;
  let generation = 0;
  for (let round = 0; round < 40; round++) {
    const running = lanes.map(lane => engine.query('select count(*) from numbers', { lane, deadlineMs: 10_000 }));
    engine.addMainTables(constant('changing', round));
    assert.ok(engine.catalog.generation > generation);
    generation = engine.catalog.generation;
    const seen = lanes.map(lane => rows(engine, 'select n from changing', { lane }));
    await Promise.all(running);
    for (const found of await Promise.all(seen)) assert.deepEqual(found, [{ n: round }]);
  }
});

test('a table that comes back with other columns has them', async context => {
  const engine = openEngine(context);
  engine.addMainTables(constant('shifting', 1, ['shifty']));
  assert.deepEqual(await rows(engine, 'select * from shifting'), [{ n: 1 }]);
  engine.addMainTables(
    defineTable({
      name: 'shifting',
      description: 'Another one.',
      columns: { t: text('A text') },
      generate: () => [{ t: 'now' }],
    }) as never,
  );
  assert.deepEqual(await rows(engine, 'select * from shifting'), [{ t: 'now' }]);
  await assert.rejects(rows(engine, 'select * from shifty'), failsWith('SQL_ERROR', 'no such table: shifty'));
  assert.deepEqual(await engine.columns('select * from shifting'), [{ name: 't', type: 'TEXT' }]);
});

test('an alias takes the place of no table and no other alias, whoever came first', async context => {
  const engine = openEngine(context);
  engine.addMainTables(constant('one', 1), constant('two', 2, ['one', 'both']), constant('three', 3, ['both']));
  assert.deepEqual(await rows(engine, 'select n from one'), [{ n: 1 }]);
  assert.deepEqual(await rows(engine, 'select n from both'), [{ n: 2 }]);
  engine.addMainTables(constant('both', 4));
  assert.deepEqual(await rows(engine, 'select n from both'), [{ n: 4 }]);
});

test('an alias is a name, whatever stands in it', async context => {
  const warnings: string[] = [];
  const engine = Engine.open({ onWarning: (_, message) => warnings.push(message) });
  context.after(() => engine.close());
  const hostile = 'x" as select 1; create view "owned" as select 1; --';
  const { schema } = constant('plain', 1);
  engine.addMainTables(constant('plain', 1));
  engine.catalog.set({ name: 'plain', aliases: [hostile], placement: { kind: 'main', writable: false }, schema });
  assert.deepEqual(await rows(engine, `select n from "${hostile.replaceAll('"', '""')}"`), [{ n: 1 }]);
  await assert.rejects(rows(engine, 'select * from owned'), failsWith('SQL_ERROR', 'no such table: owned'));
});

test('a module that cannot be loaded is the error of the statement that names its table', async context => {
  const engine = Engine.open();
  context.after(() => engine.close());
  const at = (name: string, module: string) => ({ name, aliases: [], placement: { kind: 'module', module } }) as const;
  engine.catalog.set(
    at('nowhere', 'file:///nonexistent/table.ts'),
    at('absent', new URL('./tables-fixture.ts', import.meta.url).href),
  );
  await assert.rejects(rows(engine, 'select * from nowhere'), /table nowhere cannot be loaded/);
  await assert.rejects(rows(engine, 'select * from absent'), /absent cannot be loaded .* it exports no table/);
  assert.equal(await engine.schema('unknown'), undefined);
});
