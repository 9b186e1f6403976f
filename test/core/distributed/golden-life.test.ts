// The loop of distributed queries of a real osquery: intervals, what it said, failing writes, a query that killed the process.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { Store } from '../../../core/src/storage/store.ts';
import { settle } from '../schedule/fake-clock.ts';
import { harness } from './harness.ts';

interface Recording {
  readonly misc: {
    readonly interval_3_then_accelerate_6: { readonly polls: readonly { at_s: number; action: string }[] };
  };
  readonly loginfo: { readonly log: readonly string[] };
  readonly verbose: { readonly log: readonly string[] };
  readonly writefail: { readonly requests_in_order: readonly string[] };
  readonly crash: {
    readonly after_restart: { readonly requests: readonly { readonly results: string }[] };
    readonly asked_again_with_the_same_text_other_id_and_other_text: {
      readonly requests: readonly { readonly results: string }[];
    };
    readonly sha256_of_the_query: string;
  };
}

const recorded = JSON.parse(
  readFileSync(new URL('../../golden/daemon/distributed.json', import.meta.url), 'utf8'),
) as Recording;

/** A line without the place in osquery's source. */
const said = (line: string): string => line.replace(/^(\w) \S+\] /, '$1 ');

/** An engine that knows the texts of the recording. */
const runQuery = async (sql: string) => {
  if (sql === 'selec') throw new Error('near "selec": syntax error');
  const [, value = '1', name = 'n'] = /^select (\d) as (\w)$/.exec(sql) ?? [];
  return { rows: [[[name, value] as const]], stats: { wallMs: 0, userMs: 0, systemMs: 0 } };
};

suite('the loop of osquery', () => {
  test('intervals, and accelerated ones', async () => {
    const { polls } = recorded.misc.interval_3_then_accelerate_6;
    const { distributed, plugin, clock } = await harness({ settings: () => ({ intervalSeconds: 3 }) });
    const began = clock.now();
    const seen: { at_s: number; action: string }[] = [];
    const reads = polls.filter(({ action }) => action === 'getQueries');
    const answers = polls.find(({ action }) => action === 'writeResults')?.at_s;
    plugin.responses = reads.map(({ at_s }) =>
      at_s === answers ? { queries: { a: 'select 1 as a' }, accelerate: 6 } : '',
    );
    plugin.onCall = action => seen.push({ at_s: (clock.now() - began) / 1000, action });
    void distributed.run();
    await clock.advance((polls.at(-1)?.at_s ?? 0) * 1000);
    await distributed.stop();
    assert.deepEqual(seen, polls);
  });

  for (const kind of ['loginfo', 'verbose'] as const)
    test(`what is said with ${kind}`, async () => {
      const { distributed, plugin, status } = await harness({
        runQuery,
        settings: () => ({ intervalSeconds: 1, logQueries: kind === 'loginfo' }),
      });
      const queries = { a: 'select 1 as a', b: 'selec' };
      plugin.responses = [{ queries, ...(kind === 'verbose' && { accelerate: '5' }) }];
      await distributed.cycle();
      assert.deepEqual(status.everything, recorded[kind].log.map(said));
    });

  test('results that are not taken are written again, older ones first', async () => {
    const { distributed, plugin } = await harness({ runQuery });
    const requests: string[] = [];
    plugin.onCall = (action, results) => requests.push(action === 'getQueries' ? action : `${action}: ${results}`);
    const { requests_in_order: expected } = recorded.writefail;
    const second = expected.findIndex(request => request.includes('"b"'));
    const last = expected.findLastIndex(request => request.startsWith('writeResults'));
    plugin.writeFailure = 'told to fail';
    plugin.responses = [{ queries: { a: 'select 1 as a' } }];
    while (requests.length < expected.length) {
      if (requests.length === second - 1) plugin.responses = [{ queries: { b: 'select 2 as a' } }];
      if (requests.length === last - 1) plugin.writeFailure = undefined;
      await distributed.cycle();
    }
    assert.deepEqual(requests, expected);
  });

  test('a query that was running when the process was killed', async () => {
    const { after_restart: after, sha256_of_the_query: key } = recorded.crash;
    const { requests: again } = recorded.crash.asked_again_with_the_same_text_other_id_and_other_text;
    const store = Store.memory();
    const killed = await harness({ store, runQuery: () => new Promise(() => undefined) });
    killed.plugin.responses = [{ queries: { a: 'select * from slow', b: 'select 1 as a' } }];
    void killed.distributed.cycle();
    await settle();
    assert.notEqual(await store.get('distributed_running', key), undefined);

    const { distributed, plugin } = await harness({ store, runQuery });
    await distributed.cycle();
    const [written] = plugin.written as { queries: Record<string, unknown>; messages: Record<string, string> }[];
    // osquery forgets the query that was running; here whoever asked is told.
    assert.equal(written?.messages.a, 'distributed query is denylisted');
    const expected = after.requests.map(({ results }) => JSON.parse(results));
    assert.deepEqual(
      [{ b: written?.queries.b }],
      expected.map(({ queries }) => queries),
    );

    plugin.written.length = 0;
    plugin.responses = [{ queries: { a2: 'select * from slow', c: 'select * from slow where 1', e: 'select 5 as e' } }];
    await distributed.cycle();
    assert.deepEqual(
      plugin.written,
      again.map(({ results }) => JSON.parse(results)),
    );
  });
});
