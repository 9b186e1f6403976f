import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type DistributedResult,
  type DistributedResults,
  decodeDistributedRead,
  decodeDistributedRequest,
  decodeDistributedResults,
  defineDistributed,
  encodeDistributedRequest,
  encodeDistributedResults,
  hostPlugin,
  type WrittenResult,
} from '@outpost/sdk';
import fc from 'fast-check';

const shape = { name: 'spool', description: 'Queries from a directory.' } as const;
const results: DistributedResults = [
  {
    id: 'a',
    rows: [{ x: '1' }],
    status: 0,
    message: '',
    stats: { wallTimeMs: 1, userTimeMs: 2, systemTimeMs: 3, memoryBytes: 4 },
  },
  { id: 'b', rows: [], status: 1, message: 'no such table: y' },
];
const json =
  '{"queries":{"a":[{"x":"1"}],"b":[]},"statuses":{"a":0,"b":1},"messages":{"a":"","b":"no such table: y"},' +
  '"stats":{"a":{"wall_time_ms":1,"user_time":2,"system_time":3,"memory":4},"b":{}}}';

test('queries are handed out, and results taken', async () => {
  const taken: unknown[] = [];
  const host = hostPlugin(
    defineDistributed({
      ...shape,
      getQueries: () => ({ queries: { a: 'select 1' }, accelerate: 5 }),
      writeResults: async (...given) => void taken.push(given.slice(0, 2)),
    }),
  );
  const queries = await host({ action: 'getQueries' });
  assert.equal(decodeDistributedRead(queries.response), '{"queries":{"a":"select 1"},"accelerate":5}');
  assert.equal((await host({ action: 'writeResults', results: json })).status.code, 0);
  assert.deepEqual(taken, [[results, json]]);
});

test('JSON text of queries passes through as it is', async () => {
  const host = hostPlugin(
    defineDistributed({ ...shape, getQueries: async () => '{ "queries": {} }', writeResults: () => undefined }),
  );
  assert.deepEqual((await host({ action: 'getQueries' })).response, [{ results: '{ "queries": {} }' }]);
});

test('faulty requests and failures answer code 1', async () => {
  const host = hostPlugin(
    defineDistributed({
      ...shape,
      getQueries: () => Promise.reject(new Error('empty')),
      writeResults: () => undefined,
    }),
  );
  const cases: [Record<string, string>, string | RegExp][] = [
    [{}, /^Distributed plugins require an action in PluginRequest$/],
    [{ action: 'writeResults' }, /^Missing results field$/],
    [{ action: 'x' }, /^Distributed plugin action unknown: x$/],
    [{ action: 'getQueries' }, /^empty$/],
    [{ action: 'writeResults', results: '{' }, /JSON/],
  ];
  for (const [request, message] of cases) {
    const { status } = await host(request);
    assert.equal(status.code, 1);
    assert.match(status.message, message as RegExp);
  }
  assert.throws(() => defineDistributed({ ...shape } as never), /getQueries is missing; writeResults is missing/);
});

test('results have the form of osquery', () => {
  assert.equal(encodeDistributedResults(results), json);
  const pairs = [{ id: '7', rows: [[['b', '1'] as const, ['2', ''] as const]], status: 0, message: '' }];
  assert.equal(
    encodeDistributedResults([
      ...pairs,
      { ...pairs[0], id: '10', rows: [], status: 1, message: 'no' } as WrittenResult,
    ]),
    '{"queries":{"7":[{"b":"1","2":""}],"10":[]},"statuses":{"7":0,"10":1},"messages":{"7":"","10":"no"},"stats":{"7":{},"10":{}}}',
  );
  assert.deepEqual(decodeDistributedResults('{"queries":{"a":null},"statuses":{"a":"1"}}'), [
    { id: 'a', rows: [], status: 1, message: '' },
  ]);
  assert.deepEqual(decodeDistributedResults('[]'), []);
  assert.equal(decodeDistributedRead([]), '');
});

test('requests and results survive', () => {
  const word = fc.string();
  const request = fc.oneof(
    fc.record({ action: fc.constant('getQueries' as const) }),
    fc.record({ action: fc.constant('writeResults' as const), results: word }),
  );
  fc.assert(
    fc.property(request, given =>
      assert.deepEqual(decodeDistributedRequest(encodeDistributedRequest(given)), { ...given }),
    ),
  );
  const stats = fc.record(
    {
      wallTimeMs: fc.nat(),
      userTimeMs: fc.nat(),
      systemTimeMs: fc.nat(),
      memoryBytes: fc.nat(),
    },
    { noNullPrototype: true },
  );
  const result = fc.record(
    {
      id: word,
      rows: fc.array(fc.dictionary(word, word, { noNullPrototype: true })),
      status: fc.nat(1),
      message: word,
      stats,
    },
    { requiredKeys: ['id', 'rows', 'status', 'message'], noNullPrototype: true },
  ) as fc.Arbitrary<DistributedResult>;
  const byId = (list: DistributedResults) => new Map(list.map(entry => [entry.id, entry]));
  fc.assert(
    fc.property(fc.uniqueArray(result, { selector: ({ id }) => id }), given => {
      assert.deepEqual(byId(decodeDistributedResults(encodeDistributedResults(given))), byId(given));
    }),
  );
});
