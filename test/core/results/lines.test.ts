import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { diffRows } from '../../../core/src/results/diff.ts';
import {
  differentialLines,
  type LineFormat,
  type LineHeader,
  snapshotLines,
  snapshotPrinter,
  withSequence,
} from '../../../core/src/results/lines.ts';
import { emptyState } from '../../../core/src/results/state.ts';
import { type Cell, encodeBlock } from './rows.ts';

const header: LineHeader = {
  name: 'q',
  hostIdentifier: 'golden-host',
  unixTime: 1_700_000_000,
  epoch: 0,
  counter: 0,
  decorations: {},
};
const format: LineFormat = {
  eventType: true,
  snapshotEventType: false,
  numerics: false,
  decorationsTopLevel: false,
  nullText: '',
};
const times = '"calendarTime":"Tue Nov 14 22:13:20 2023 UTC","unixTime":1700000000';

const differential = (options: Partial<LineFormat>, names: string[], rows: Cell[][], extra: Partial<LineHeader> = {}) =>
  Array.fromAsync(
    differentialLines(
      { ...header, ...extra },
      { ...format, ...options },
      diffRows(emptyState(1), names, [encodeBlock(rows)]),
    ),
  );

const snapshot = (options: Partial<LineFormat>, names: string[], rows: Cell[][], extra: Partial<LineHeader> = {}) => {
  const chosen = { ...format, ...options };
  const printer = snapshotPrinter(names, chosen);
  return Array.fromAsync(snapshotLines({ ...header, ...extra }, chosen, printer, [encodeBlock(rows)]));
};

interface Recorded {
  readonly sql: string;
  readonly columns_text: string;
  readonly columns_text_logger_numerics: string;
}

/** osquery's own JSON parser rounded these before they were logged, or cut the line: we print the true value. */
const truth = new Map([
  ['select 0.1+0.2 as v', '{"v":0.30000000000000004}'],
  ['select 1e999 as v', '{"v":"inf.0"}'],
  ['select (select avg(x) from (select 1 as x union select 2 union select 4)) as v', '{"v":2.3333333333333335}'],
]);

test('values look as those that osquery logged', async () => {
  const db = new Database(':memory:');
  db.function('pi', { deterministic: true }, () => Math.PI);
  const path = new URL('../../golden/logged.jsonl', import.meta.url);
  const cases = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Recorded);
  for (const recorded of cases) {
    const row = db.prepare(recorded.sql).safeIntegers().raw().get() as Cell[];
    // better-sqlite3 decodes texts; the recorded one that is no UTF-8 is given as its bytes.
    const cells = recorded.sql.includes("x'fffe' as text") ? [Uint8Array.of(0xff, 0xfe)] : row;
    for (const numerics of [false, true]) {
      const line = JSON.stringify(
        numerics ? (truth.get(recorded.sql) ?? recorded.columns_text_logger_numerics) : recorded.columns_text,
      );
      const [logged = ''] = await differential({ numerics }, ['v'], [cells]);
      assert.equal(JSON.stringify(/"columns":(.*),"action"/.exec(logged)?.[1]), line, recorded.sql);
    }
  }
});

test('event format: a line for each removed row, then for each added one', async () => {
  const lines = await differential(
    {},
    ['k', 'i'],
    [
      ['a', 1n],
      ['b', null],
    ],
    { counter: 3 },
  );
  const start = `{"name":"q","hostIdentifier":"golden-host",${times},"epoch":0,"counter":3,"numerics":false`;
  assert.deepEqual(lines, [
    `${start},"columns":{"i":"1","k":"a"},"action":"added"}`,
    `${start},"columns":{"i":"","k":"b"},"action":"added"}`,
  ]);
  const added = encodeBlock([['new']]);
  const removed = encodeBlock([['old']]);
  const diff = { added, removed, columns: ['k'], removedColumns: ['k'] };
  const both = await Array.fromAsync(differentialLines(header, format, diff));
  assert.deepEqual(
    both.map(line => JSON.parse(line).action),
    ['removed', 'added'],
  );
});

test('batch format: one line for a run, without rows too', async () => {
  const end = `"name":"q","hostIdentifier":"golden-host",${times},"epoch":6,"counter":0,"numerics":false}`;
  const options = { eventType: false };
  assert.deepEqual(await differential(options, ['k'], [], { epoch: 6 }), [
    `{"diffResults":{"removed":[],"added":[]},${end}`,
  ]);
  const rows = await differential(
    options,
    ['k', 'i'],
    [
      ['a', 1n],
      ['b', 2n],
    ],
    { epoch: 6 },
  );
  assert.deepEqual(rows, [`{"diffResults":{"removed":[],"added":[{"i":"1","k":"a"},{"i":"2","k":"b"}]},${end}`]);
});

test('snapshots: one line for a run, or an event for each row', async () => {
  const end = `"name":"q","hostIdentifier":"golden-host",${times},"epoch":0,"counter":0,"numerics":true`;
  const options = { numerics: true };
  assert.deepEqual(await snapshot(options, ['k'], [['a']]), [`{"snapshot":[{"k":"a"}],"action":"snapshot",${end}}`]);
  assert.deepEqual(await snapshot(options, ['k'], []), [`{"snapshot":[],"action":"snapshot",${end}}`]);
  const events = await snapshot({ ...options, snapshotEventType: true }, ['k', 'd'], [['a', 2]]);
  assert.deepEqual(events, [`{${end},"columns":{"d":2.0,"k":"a"},"action":"snapshot"}`]);
  assert.deepEqual(await snapshot({ ...options, snapshotEventType: true }, ['k'], []), []);
});

test('differential rows escape control characters and bytes that are no UTF-8, snapshots as JSON does', async () => {
  const bytes = Buffer.concat([
    Buffer.from('A'),
    Uint8Array.of(0xff, 0xed, 0xa0, 0x80, 0xf0, 0x9f, 0x98),
    Buffer.from('é'),
  ]);
  const names = ['nl', 'us', 'del', 'raw', 'sl'];
  const row: Cell[] = ['\n', '\x1f', '\x7f', bytes, '/"\\x41'];
  const [event = ''] = await differential({}, names, [row]);
  const columns = String.raw`{"del":"${'\x7f'}","nl":"\\x0A","raw":"A\\xFF\\xED\\xA0\\x80\\xF0\\x9F\\x98é","sl":"/\"\\x41","us":"\\x1F"}`;
  assert.ok(event.includes(`"columns":${columns},`), event);
  const [line = ''] = await snapshot({}, names, [row]);
  const raw = String.raw`{"del":"${'\x7f'}","nl":"\n","raw":"A\\xFF\\xED\\xA0\\x80\\xF0\\x9F\\x98é","sl":"/\"\\x41","us":"\u001F"}`;
  assert.ok(line.includes(`[${raw}]`), line);
});

test('decorations are an object of sorted texts', async () => {
  const [line = ''] = await differential({}, ['k'], [['a']], { decorations: { b: '2', B: '', a: '1' } });
  assert.ok(line.includes('"numerics":false,"decorations":{"B":"","a":"1","b":"2"},"columns"'));
});

test('decorations on the top level replace members as RapidJSON does', async () => {
  const decorations = { name: 'x', action: 'y', columns: 'z', other: 'w', hostIdentifier: 'h' };
  const options = { decorationsTopLevel: true };
  assert.deepEqual(await differential(options, ['o', 'k'], [[1n, 'a']], { decorations }), [
    `{"hostIdentifier":"h","other":"w",${times},"epoch":0,"counter":0,"numerics":false,"columns":{"k":"a","o":"1"},"name":"x","action":"added"}`,
  ]);
  assert.deepEqual(await snapshot(options, ['o'], [[2n]], { decorations }), [
    `{"snapshot":[{"o":"2"}],"numerics":false,"hostIdentifier":"h","columns":"z",${times},"epoch":0,"counter":0,"action":"y","name":"x","other":"w"}`,
  ]);
  const batch = await differential({ ...options, eventType: false }, ['o'], [[2n]], {
    decorations: { name: 'x', other: 'w', diffResults: 'dd', counter: '5' },
  });
  assert.deepEqual(batch, [
    `{"counter":"5","diffResults":"dd","hostIdentifier":"golden-host",${times},"epoch":0,"numerics":false,"name":"x","other":"w"}`,
  ]);
});

test('the sequence number is the last member', () => {
  assert.equal(withSequence('{"a":1}', 7), '{"a":1,"sequence":7}');
});

test('a line that would be longer than a line may be is an error that says what to do', async () => {
  const rows: Cell[][] = Array.from({ length: 65 }, () => ['x'.repeat(1024 * 1024)]);
  await assert.rejects(snapshot({}, ['k'], rows), {
    code: 'RESULT_LINE_TOO_LONG',
    remedy: /logger_snapshot_event_type/,
  });
  await assert.rejects(differential({ eventType: false }, ['k'], rows), { code: 'RESULT_LINE_TOO_LONG' });
  assert.equal((await snapshot({ snapshotEventType: true }, ['k'], rows)).length, 65);
});

test('other work of the thread gets its turn while many rows become lines', async () => {
  const rows: Cell[][] = Array.from({ length: 5000 }, (_, index) => [BigInt(index)]);
  for (const options of [{ eventType: false }, { eventType: true }]) {
    let turns = 0;
    const count = (): void => {
      turns += 1;
      turn = setImmediate(count);
    };
    let turn = setImmediate(count);
    await differential(options, ['k'], rows);
    clearImmediate(turn);
    assert.ok(turns >= 4, `${turns} turns`);
  }
});
