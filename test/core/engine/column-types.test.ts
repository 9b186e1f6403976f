import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../core/src/engine/engine.ts';
import { golden } from './native-harness.ts';

interface ColumnsRecord {
  readonly sql: string;
  readonly columns: readonly (readonly [name: string, type: string])[];
}

test('columns have the names and types that osquery tells', async context => {
  const engine = Engine.open();
  context.after(() => engine.close());
  const records = golden<ColumnsRecord>('column-types.jsonl');
  for (const { sql, columns } of records) {
    const told = await engine.columns(sql);
    assert.deepEqual(
      told.map(({ name, type }) => [name, type]),
      columns,
      sql,
    );
  }
  assert.ok(records.length > 100);
});

test('a declared type that the protocol does not know is UNKNOWN', async context => {
  const engine = Engine.open();
  context.after(() => engine.close());
  assert.deepEqual(await engine.columns('select rootpage, sql from sqlite_master'), [
    { name: 'rootpage', type: 'UNKNOWN' },
    { name: 'sql', type: 'TEXT' },
  ]);
});
