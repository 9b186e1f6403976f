// What osquery's core asked an extension, replayed over a real socket: see test/golden.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { PluginResponse } from '@outpost/protocol';
import { textToBytes } from '@outpost/sdk';
import type { Engine } from '../../../core/src/engine/engine.ts';
import { rowsAsText } from '../../../core/src/engine/rows.ts';
import { type Asked, answered, openExtension, type RoutedTable } from './extension-harness.ts';
import { golden } from './native-harness.ts';

interface Answer {
  readonly code: number;
  readonly message: string;
  readonly rows: PluginResponse;
}

interface Generated {
  readonly table: string;
  readonly context: string;
}

interface SelectRecord {
  readonly sql: string;
  readonly calls?: readonly Generated[];
  readonly rows?: PluginResponse;
  readonly error?: Pick<Answer, 'message'>;
  readonly sqlite_3_54?: { readonly calls?: readonly Generated[]; readonly rows?: PluginResponse };
}

interface WriteRecord {
  readonly case: string;
  readonly sql: string;
  readonly answer: Answer;
  readonly calls: readonly Readonly<Record<string, string>>[];
  readonly result: Answer;
}

const textOf = async (engine: Engine, sql: string): Promise<PluginResponse> =>
  rowsAsText(await engine.query(sql, { lane: 'extension', encoding: 'thrift', deadlineMs: 10_000 })).map(row => ({
    ...row,
  }));

/**
 * Where a statement constrains an alias of a column, osquery leaves the alias out of the context and numbers the used bit by the
 * alias. Here it is told like any other statement.
 */
const constrainedAlias = /from aliased where old_name/;

const byColumn = (row: Readonly<Record<string, string>>): unknown => Object.entries(row).sort();

/** The parts of a context, without what osquery and we tell differently: LIMIT and OFFSET. */
const partsOf = ({ table, context }: Generated): unknown => {
  const { constraints, colsUsed } = JSON.parse(context) as {
    constraints: { name: string; list: { op: number; expr: string }[]; affinity: string }[];
    colsUsed: string[];
  };
  const lists = constraints.map(entry => ({ ...entry, list: entry.list.filter(({ op }) => op !== 73 && op !== 74) }));
  return { table, constraints: lists, colsUsed: colsUsed.sort(), bits: /"colsUsedBitset":(\d+)/.exec(context)?.[1] };
};

suite('requests to generate', async () => {
  const records = golden<(RoutedTable & { rows: PluginResponse | string }) | SelectRecord>('contexts.jsonl');
  const tables = records.filter(record => 'table' in record);
  const rows = new Map(tables.map(({ table, rows }) => [table, typeof rows === 'string' ? [] : rows]));
  const selects = records.filter(
    (record): record is SelectRecord =>
      'sql' in record &&
      /^\s*(select|with|values)/i.test(record.sql) &&
      !constrainedAlias.test(record.sql) &&
      !/\b(file|hash|curl|users|processes|aliased_alt|regexp|hon|honrow)\b/.test(record.sql) &&
      (record.calls ?? []).every(({ table }) => rows.has(table)),
  );
  // There the limit of osquery counts as a constraint on the first column; here the required column is asked for.
  const requiredByLimit = /from (req|reqidx|req2)\b(?!.* where (path|p|q)\b).*limit/;
  test('are those of osquery', async context => {
    const asked: Generated[] = [];
    const engine = await openExtension(context, tables, ({ table, request }) => {
      asked.push({ table, context: request.context ?? '' });
      return answered(rows.get(table) ?? []);
    });
    let compared = 0;
    for (const record of selects.filter(({ sql }) => !requiredByLimit.test(sql))) {
      await context.test(record.sql, async () => {
        asked.length = 0;
        const { error } = record;
        if (error !== undefined && /no such function/.test(error.message)) return;
        if (error !== undefined) {
          await assert.rejects(textOf(engine, record.sql), ({ message }: Error) => message.startsWith(error.message));
        } else {
          const expected = record.sqlite_3_54?.rows ?? record.rows ?? [];
          assert.deepEqual((await textOf(engine, record.sql)).map(byColumn), expected.map(byColumn));
        }
        const calls = record.sqlite_3_54?.calls ?? record.calls ?? [];
        assert.deepEqual(asked.map(partsOf), calls.map(partsOf));
        compared += calls.length;
      });
    }
    assert.ok(compared > 200, `${compared} calls were compared`);
  });
});

const writtenOf = (call: Readonly<Record<string, string>>): unknown => {
  const { json_value_array_hex: hex, context: _, ...rest } = call;
  return hex === undefined ? rest : { ...rest, json_value_array: Buffer.from(hex, 'hex').toString('latin1') };
};

/** What the tables' generate gave when the records were made. */
const stored = [
  { rowid: '1', s: 'one', i: '1' },
  { rowid: '2', s: 'two', i: '2' },
];

const requestOf = ({ table, request }: Asked, raw: boolean): unknown => {
  const { context: _, json_value_array: values, ...rest } = request;
  if (values === undefined) return { table, ...rest };
  const bytes = raw ? Buffer.from(textToBytes(values)).toString('latin1') : values;
  // The same number, written in another way.
  return { table, ...rest, json_value_array: bytes.replace('e+', 'e') };
};

suite('requests to write', async () => {
  const records = golden<RoutedTable | WriteRecord>('writes.jsonl');
  const tables = records.filter((record): record is RoutedTable => 'routes' in record);
  // An infinite double cuts osquery's JSON off; here it is null.
  const cases = records.filter(
    (record): record is WriteRecord => 'case' in record && record.case !== 'insert into w, infinity',
  );
  test('are those of osquery', async context => {
    const asked: Asked[] = [];
    let answer: Answer | undefined;
    const engine = await openExtension(context, tables, call => {
      asked.push(call);
      if (call.request.action === 'generate' || answer === undefined) return answered(stored);
      return answered(answer.rows, answer.code, answer.message);
    });
    for (const record of cases) {
      await context.test(`${record.case}: ${record.sql}`, async () => {
        asked.length = 0;
        answer = record.answer;
        const outcome = await textOf(engine, record.sql).then(
          () => 'OK',
          ({ message }: Error) => message,
        );
        assert.equal(outcome, record.result.message);
        const raw = record.calls.some(call => 'json_value_array_hex' in call);
        assert.deepEqual(
          asked.map(call => requestOf(call, raw)),
          record.calls.map(writtenOf),
        );
      });
    }
  });
});
