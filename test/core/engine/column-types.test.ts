import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../core/src/engine/engine.ts';
import { openCore } from './agent-core.ts';
import { columnsDifferences } from './column-types-differences.ts';
import { golden } from './native-harness.ts';

type Columns = readonly (readonly [name: string, type: string])[] | { readonly code: number; readonly message: string };

interface ColumnsRecord {
  readonly sql: string;
  readonly columns?: Columns;
}

const toldBy = async (engine: Engine, sql: string): Promise<Columns> => {
  try {
    return (await engine.columns(sql)).map(({ name, type }) => [name, type] as const);
  } catch (error) {
    return { code: 1, message: (error as Error).message };
  }
};

/** What a statement lacks here that osquery has: the name of a function or table. */
const lacking = (told: Columns, { columns }: ColumnsRecord): string | undefined =>
  'message' in told && columns !== undefined && !('message' in columns && columns.message === told.message)
    ? /^(?:no such (?:function|table): |wrong number of arguments to function )(\w+)/.exec(told.message)?.[1]
    : undefined;

const differs = (left: Columns, right: Columns | undefined): boolean => JSON.stringify(left) !== JSON.stringify(right);

test('columns have the names and types that osquery tells', { timeout: 60_000 }, async context => {
  const { engine } = await openCore(context);
  const records = golden<ColumnsRecord>('sql.jsonl').filter(({ columns }) => columns !== undefined);
  const waiting = new Set<string>();
  const used = new Set<RegExp>();
  let same = 0;
  for (const record of records) {
    const told = await toldBy(engine, record.sql);
    const difference = columnsDifferences.find(({ sql }) => sql.test(record.sql));
    const missing = difference === undefined ? lacking(told, record) : undefined;
    if (missing !== undefined) {
      waiting.add(missing);
    } else if (difference === undefined) {
      assert.deepEqual(told, record.columns, record.sql);
      same += 1;
    } else {
      assert.ok(differs(told, record.columns), `${record.sql} is no difference any more: ${difference.reason}`);
      used.add(difference.sql);
    }
  }
  assert.deepEqual(
    columnsDifferences.filter(({ sql }) => !used.has(sql)),
    [],
  );
  context.diagnostic(
    `${same} of ${records.length} agree; not here yet: ${[...waiting].sort().join(', ') || 'nothing'}`,
  );
  assert.ok(same > 1400, `${same} agree`);
});

test('a declared type that the protocol does not know is UNKNOWN', async context => {
  const engine = Engine.open();
  context.after(() => engine.close());
  assert.deepEqual(await engine.columns('select rootpage, sql from sqlite_master'), [
    { name: 'rootpage', type: 'UNKNOWN' },
    { name: 'sql', type: 'TEXT' },
  ]);
});

test('empty statements and comments before the first one do not change its columns', async context => {
  const engine = Engine.open();
  context.after(() => engine.close());
  for (const before of ['', ';', ' ; ;', '-- c;\n', '/* c */ ; -- d\n'])
    assert.deepEqual(await engine.columns(`${before}select 7 / 2 as half; select 'x'`), [
      { name: 'half', type: 'BIGINT' },
    ]);
  assert.equal((await engine.columns(';explain select 1')).length, 8);
  await assert.rejects(engine.columns(' -- nothing'), /not an error/);
});
