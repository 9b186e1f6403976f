// What osquery's core asked an extension, and what came of it, replayed over a real socket: see test/golden/contexts.jsonl.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { PluginResponse } from '@outpost/protocol';
import { tables as bundled } from '@outpost/tables';
import type { Engine } from '../../../core/src/engine/engine.ts';
import { rowsAsText } from '../../../core/src/engine/rows.ts';
import { contextDifferences } from './contexts-differences.ts';
import {
  type Call,
  callOf,
  recordedCalls,
  rowsOf,
  type SelectRecord,
  type TableRecord,
  withoutLimit,
  withoutRepeats,
} from './contexts-harness.ts';
import { answered, openExtension } from './extension-harness.ts';
import { golden } from './native-harness.ts';

const records = golden<TableRecord | SelectRecord>('contexts.jsonl');
const tables = records.filter((record): record is TableRecord => 'table' in record);
const selects = records.filter((record): record is SelectRecord => 'sql' in record);

interface Outcome {
  readonly error: string | undefined;
  readonly rows: PluginResponse;
  readonly calls: readonly Call[];
}

/** Runs statements on an engine over the recorded tables, each in turn. */
const openReplay = async (context: TestContext, defaultIndex: boolean): Promise<(sql: string) => Promise<Outcome>> => {
  let calls: Call[] = [];
  const engine: Engine = await openExtension(
    context,
    tables,
    ({ table, request }) => {
      calls.push(callOf({ table, ...request }));
      return answered(rowsOf(tables.find(record => record.table === table) as TableRecord, request));
    },
    { settings: { defaultIndex } },
  );
  for (const { name, aliases, module } of bundled)
    if (['file', 'hash', 'curl'].includes(name))
      engine.catalog.set({ name, aliases, placement: { kind: 'module', module } });
  return async sql => {
    calls = [];
    try {
      const result = await engine.query(sql, { lane: 'extension', encoding: 'thrift', deadlineMs: 10_000 });
      return { error: undefined, rows: rowsAsText(result).map(row => ({ ...row })), calls };
    } catch (error) {
      return { error: (error as Error).message, rows: [], calls };
    }
  };
};

/** The record as the outcome that osquery had. */
const recorded = (record: SelectRecord, defaultIndex: boolean): Outcome => {
  const reduced = defaultIndex ? undefined : record.without_default_index?.rows;
  const rows = reduced ?? record.sqlite_3_54?.rows ?? record.rows ?? [];
  return { error: record.error?.message, rows, calls: recordedCalls(record, defaultIndex) };
};

/** A message of ours may go on where osquery's ends. */
const sameError = (ours: string | undefined, theirs: string | undefined): boolean =>
  ours === theirs || (theirs !== undefined && ours?.startsWith(`${theirs}:`) === true);

/** Calls in the form that both sides know. */
const told = (calls: readonly Call[], withColumns: boolean): Call[] =>
  withoutRepeats(withColumns ? calls : calls.map(({ table, pushed, limit }) => ({ table, pushed, limit })));

const assertCalls = (ours: Outcome, theirs: Outcome): void => {
  const withColumns = theirs.calls.every(({ used }) => used !== undefined);
  assert.deepEqual(told(ours.calls, withColumns).map(withoutLimit), told(theirs.calls, withColumns).map(withoutLimit));
};

/** A limit that is told is one that osquery tells; often it is not told, where obeying it would lose rows. */
const assertLimits = ({ calls }: Outcome, record: SelectRecord): void => {
  const limits = new Set(recordedCalls(record, true).map(({ limit }) => limit));
  for (const { limit } of calls) assert.ok(limit === undefined || limits.has(limit), `the limit ${limit} was told`);
};

const assertSame = (ours: Outcome, theirs: Outcome): void => {
  assert.ok(sameError(ours.error, theirs.error), `${ours.error} is not ${theirs.error}`);
  assert.deepEqual(ours.rows, theirs.rows);
  assertCalls(ours, theirs);
};

/** A listed difference is one, in the way that the list says, and in no other. */
const assertDifferent = (
  ours: Outcome,
  theirs: Outcome,
  record: SelectRecord,
  { differs, reason }: (typeof contextDifferences)[number],
): void => {
  if (typeof differs === 'object') {
    assert.match(ours.error ?? '', differs.error);
    assert.deepEqual(ours.calls, []);
    assert.equal(theirs.error, undefined, reason);
    return;
  }
  if (differs === 'calls') {
    assert.deepEqual({ ...ours, calls: [] }, { ...theirs, calls: [] });
    assert.ok(!isDeepStrictEqual(ours.calls, theirs.calls), reason);
    return;
  }
  // Where nothing is pushed down, SQLite picks the rows, and osquery loses none either.
  const all = record.without_default_index?.rows ?? assert.fail('the record does not tell all rows');
  assert.deepEqual(ours, { ...ours, error: undefined, rows: all });
  assert.ok(!isDeepStrictEqual(record.rows, all), reason);
};

const absentTable = ({ error }: Outcome, theirs: Outcome): string | undefined =>
  error === theirs.error ? undefined : /^no such table: (\w+)$/.exec(error ?? '')?.[1];

for (const defaultIndex of [true, false])
  test(`requests to generate are those of osquery, --extensions_default_index=${defaultIndex}`, {
    timeout: 120_000,
  }, async context => {
    const run = await openReplay(context, defaultIndex);
    const used = new Set<RegExp>();
    const absent = new Set<string>();
    let calls = 0;
    for (const record of selects)
      await context.test(record.sql, async () => {
        const [ours, theirs] = [await run(record.sql), recorded(record, defaultIndex)];
        const table = absentTable(ours, theirs);
        assertLimits(ours, record);
        const difference = contextDifferences.find(
          ({ sql, differs }) => sql.test(record.sql) && (defaultIndex || differs !== 'rows'),
        );
        if (table !== undefined) absent.add(table);
        else if (difference === undefined) assertSame(ours, theirs);
        else {
          assertDifferent(ours, theirs, record, difference);
          used.add(difference.sql);
        }
        calls += ours.calls.length;
      });
    assert.equal(selects.length, 307);
    if (defaultIndex) assert.equal(used.size, contextDifferences.length);
    context.diagnostic(`${calls} calls; tables that are not here yet: ${[...absent].join(', ') || 'none'}`);
  });
