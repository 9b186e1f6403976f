// What osquery's core had an extension write, replayed over a real socket: see test/golden.
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
