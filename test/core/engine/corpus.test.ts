// Statements that people run on Linux hosts; each record of test/golden/corpus.jsonl names the repository and the file it is from.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { OutpostError } from '@outpost/protocol';
import type { Core } from '../../../core/src/agent/core.ts';
import { openCore } from './agent-core.ts';
import { missingTables } from './corpus-missing-tables.ts';
import { failsWith, withoutSuggestion } from './harness.ts';
import { golden } from './native-harness.ts';

interface CorpusRecord {
  readonly source: string;
  readonly name: string;
  readonly sql: string;
  readonly tables: readonly string[];
  readonly columns: readonly string[];
}

const records = golden<CorpusRecord>('corpus.jsonl');
const used = new Set(records.flatMap(({ tables }) => tables));

const namesOf = ({ engine }: Core): ReadonlySet<string> =>
  new Set(engine.catalog.tables().flatMap(({ name, aliases }) => [name, ...aliases]));

/** A statement may name a table by its alias. */
const aliases: Readonly<Record<string, string>> = { yara_file: 'yara' };

/**
 * The names of the columns, a column that is there twice being numbered; undefined where none were recorded: of pragmas, and of statements
 * over a table or column that was not there.
 */
const expectedColumns = ({ columns }: CorpusRecord): readonly string[] | undefined =>
  columns.length === 0 ? undefined : columns.map(name => name.replace(/:\d+$/, ''));

/** The manual has it as an example of what fails. */
const withoutPath = 'SELECT * FROM file';

/** What a run may end with, besides rows: it took more than a test has for it. */
const overBudget = new Set(['QUERY_DEADLINE', 'QUERY_BUDGET_ROWS', 'QUERY_BUDGET_BYTES']);

const run = async ({ engine }: Core, record: CorpusRecord): Promise<void> => {
  const { sql } = record;
  try {
    const result = await engine.query(sql, { lane: 'scheduled', deadlineMs: 5000, budget: { rows: 100_000 } });
    const expected = expectedColumns(record);
    if (expected !== undefined) assert.equal(result.columns.length, expected.length);
  } catch (error) {
    if (!(error instanceof OutpostError && overBudget.has(error.code))) throw error;
  }
};

/** A statement over a table that is not here fails with the name of one such table, and says nothing else. */
const assertMissing = async ({ engine }: Core, { sql, tables }: CorpusRecord, here: ReadonlySet<string>) => {
  const missing = tables.filter(table => !here.has(table));
  const expected = missing.flatMap(table => [table, aliases[table] ?? table]).map(name => `no such table: ${name}`);
  await assert.rejects(engine.columns(sql), (error: unknown) => {
    failsWith('SQL_ERROR')(error);
    assert.ok(
      expected.includes(withoutSuggestion((error as Error).message)),
      `${(error as Error).message} is none of ${expected}`,
    );
    return true;
  });
};

const assertRuns = async (core: Core, record: CorpusRecord): Promise<void> => {
  const expected = expectedColumns(record);
  const columns = (await core.engine.columns(record.sql)).map(({ name }) => name);
  if (expected !== undefined) assert.deepEqual(columns, expected);
  if (record.sql === withoutPath)
    await assert.rejects(run(core, record), /^OutpostError: Table file was queried without a required column/);
  else await run(core, record);
};

/** Runs what can be run. @returns how many that are */
const runAll = async (context: TestContext, core: Core): Promise<number> => {
  const here = namesOf(core);
  let running = 0;
  for (const record of records)
    await context.test(`${record.source}: ${record.name}`, async () => {
      if (record.tables.some(table => !here.has(table))) return assertMissing(core, record, here);
      running += 1;
      return assertRuns(core, record);
    });
  return running;
};

test('statements from the field run, with the columns of SQLite', { timeout: 300_000 }, async context => {
  const core = await openCore(context);
  assert.equal(records.length, 299);
  const running = await runAll(context, core);
  context.diagnostic(`${running} of ${records.length} statements run; ${missingTables.length} tables are missing`);
});

test('the list of missing tables is what is missing', async context => {
  const here = namesOf(await openCore(context));
  const missing = [...used].filter(table => !here.has(table)).sort();
  assert.deepEqual(missingTables, missing, 'bring corpus-missing-tables.ts in line, if a table came; none may go');
});
