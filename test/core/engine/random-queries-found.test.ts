// What random queries found wrong, each in its smallest form.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnOptions, constraintOperators } from '@outpost/protocol';
import type { Engine } from '../../../core/src/engine/engine.ts';
import { nativeTypes } from '../../../core/src/engine/native.ts';
import { openEngine, rows } from './harness.ts';
import { openTables, thriftRows } from './native-harness.ts';

const place = (engine: Engine, file: string, ...names: readonly string[]): void =>
  engine.catalog.set(
    ...names.map(name => {
      const module = new URL(file, import.meta.url).href;
      return { name, aliases: [], placement: { kind: 'module' as const, module } };
    }),
  );

const values = async (engine: Engine, sql: string): Promise<unknown[]> =>
  (await rows(engine, sql)).flatMap(row => Object.values(row));

test('the key of a table is taken neither for unique nor for never NULL', async context => {
  const engine = openEngine(context);
  place(engine, './random-queries-found-fixture.ts', 'repeated');
  assert.deepEqual(await values(engine, 'select distinct k from repeated where k = 1'), [1]);
  assert.deepEqual(await values(engine, 'select v from repeated where k is null'), [1]);
  assert.deepEqual(await values(engine, 'select count(*) from repeated where k is not null'), [3]);
  assert.deepEqual(await values(engine, 'select count(*) from repeated where k = 1 or v = 1'), [4]);
});

test('text is compared with numbers of a column as numbers, and with a literal number as text', async context => {
  const engine = openEngine(context);
  place(engine, './random-queries-found-fixture.ts', 'spelled', 'plain');
  const joined = 'select word from plain cross join spelled on word = n order by word';
  assert.deepEqual(await values(engine, joined), ['01', '1', '1.0', '2']);
  const listed = 'select word from spelled where word in (select n from plain) order by word';
  assert.deepEqual(await values(engine, listed), ['01', '1', '1.0', '2']);
  assert.deepEqual(await values(engine, 'select word from spelled where word = 1'), ['1']);
  assert.deepEqual(await values(engine, 'select word from spelled where word in (1, 2) order by word'), ['1', '2']);
});

test('a table that moved to another module is asked there, also in the plugin host', async context => {
  const engine = openEngine(context);
  for (const n of [1, 2]) {
    place(engine, `./random-queries-moved-fixture.ts?n=${n}`, 'moving');
    assert.deepEqual(await values(engine, 'select n from moving'), [n]);
  }
});

test('an extension is not told what would have it leave out rows: cut-off text, another collation, numbers for text', context => {
  const { index, collateNocase } = columnOptions;
  const { TEXT } = nativeTypes;
  const connection = openTables({
    t: {
      columns: [
        { name: 'a', type: TEXT, options: index },
        { name: 'b', type: TEXT, options: index | collateNocase },
      ],
      ddl: 'create table t(a text, b text collate nocase)',
      pushdown: 1,
      encoding: 1,
      blocks: () => [thriftRows([{ a: 'x', b: 'y' }])],
    },
  });
  context.after(() => connection.close());
  const told = (condition: string): unknown[] => {
    connection.query(`select 1 from (select 1 as n) cross join t where ${condition}`);
    return connection.scans.flatMap(({ constraints }) => constraints);
  };
  const { equals } = constraintOperators;
  assert.deepEqual(told("a = cast(x'780079' as text)"), []);
  assert.deepEqual(told("a = 'X' collate nocase"), []);
  assert.deepEqual(told("b = 'X' collate binary"), []);
  assert.deepEqual(told('a = n + 0'), []);
  assert.deepEqual(told("a = 'x'"), [[0, equals, ['x']]]);
  assert.deepEqual(told("b = 'X'"), [[1, equals, ['X']]]);
  assert.deepEqual(told('a = 5'), [[0, equals, ['5']]]);
});
