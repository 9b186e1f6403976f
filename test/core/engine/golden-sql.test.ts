import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Engine } from '../../../core/src/engine/engine.ts';
import { time } from '../../../extensions/tables/src/common/time.ts';
import { openCore } from './agent-core.ts';
import { type Answer, askManager, askShell, managerAnswer, type SqlRecord, shellAnswer } from './golden-sql-harness.ts';
import { golden } from './native-harness.ts';
import { sqlDifferences } from './sql-differences.ts';

/** When osquery was recorded; the table `time` tells it again. */
const recordedAt = Date.parse('2026-11-24T20:58:34Z');

/** Statements that leave something behind, and so get an engine of their own. */
const leavesTraces = /\b(create|drop|insert|update|delete|begin|analyze|case_sensitive_like)\b/i;

const openEngine = async (context: TestContext): Promise<Engine> => {
  const { engine } = await openCore(context);
  engine.addMainTables(time);
  return engine;
};

/** What is compared: of a refusal its beginning, since what follows is ours. */
const comparable = ({ rows, error, code }: Answer): unknown => ({
  rows,
  error: error?.replace(/^(not authorized|authorization denied)[\s\S]*/, '$1'),
  code,
});

const same = (left: unknown, right: unknown): boolean => {
  try {
    assert.deepEqual(left, right);
    return true;
  } catch (error) {
    if (error instanceof assert.AssertionError) return false;
    throw error;
  }
};

/** A table that osquery has and we do not. */
const absentTable = (got: Answer, recorded: Answer): string | undefined =>
  got.error === recorded.error ? undefined : /^no such table: (\w+)$/.exec(got.error ?? '')?.[1];

const isComparable = ({ depends_on_machine, group }: SqlRecord): boolean =>
  depends_on_machine !== true || group === 'find_file';

/** The first way of asking that gives something else than was recorded: what was, and what came. */
const disagreement = async (
  record: SqlRecord,
  engine: () => Promise<Engine>,
): Promise<readonly [recorded: Answer, got: Answer] | undefined> => {
  const printed = shellAnswer(record);
  const shown = await askShell(await engine(), record.sql);
  if (!same(comparable(shown), comparable(printed))) return [printed, shown];
  const recorded = managerAnswer(record);
  if (recorded === undefined) return undefined;
  // The manager tells success from failure and nothing more; our code is SQLite's in both.
  const got = { ...(await askManager(await engine(), record.sql)), code: recorded.code };
  return same(comparable(got), comparable(recorded)) ? undefined : [recorded, got];
};

test('statements answer what osquery answered', { timeout: 120_000 }, async context => {
  context.mock.timers.enable({ apis: ['Date'], now: recordedAt });
  const shared = await openEngine(context);
  const records = golden<SqlRecord>('sql.jsonl').filter(isComparable);
  const absent = new Set<string>();
  const used = new Set<RegExp>();
  let agreeing = 0;
  for (const record of records) {
    const engine = leavesTraces.test(record.sql) ? () => openEngine(context) : async () => shared;
    const found = await disagreement(record, engine);
    const listed = sqlDifferences.find(({ sql }) => sql.test(record.sql));
    const table = found && absentTable(found[1], found[0]);
    if (table !== undefined) {
      absent.add(table);
    } else if (listed === undefined) {
      assert.deepEqual(found?.[1], found?.[0], record.sql);
      agreeing += 1;
    } else {
      assert.ok(found, `${record.sql} is no difference any more: ${listed.reason}`);
      used.add(listed.sql);
    }
  }
  assert.deepEqual(
    sqlDifferences.filter(({ sql }) => !used.has(sql)),
    [],
  );
  context.diagnostic(`${agreeing} of ${records.length} agree; tables that do not exist yet: ${[...absent].sort()}`);
  assert.ok(agreeing > 1400, `${agreeing} agree`);
});
