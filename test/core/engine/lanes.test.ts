import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../../core/src/engine/engine.ts';
import { type Lane, laneLimits, lanes } from '../../../core/src/engine/lane.ts';
import { repositoryFile, Sandbox, until } from '../../integration/harness.ts';
import { endless, failsWith, openEngine } from './harness.ts';

/** Keeps every thread of a lane busy. @returns what ends that, and how many of the queries have ended by themselves */
const occupy = (engine: Engine, lane: Lane): { ended: () => number; release: () => Promise<void> } => {
  const controller = new AbortController();
  let ended = 0;
  const running = Array.from({ length: laneLimits[lane].threads }, async () => {
    const query = engine.query(endless, { lane, name: 'endless', signal: controller.signal });
    await assert.rejects(
      query.finally(() => ended++),
      failsWith('QUERY_CANCELLED'),
    );
  });
  const release = async (): Promise<void> => {
    controller.abort();
    await Promise.all(running);
  };
  return { ended: () => ended, release };
};

for (const busy of lanes) {
  test(`while the lane ${busy} is full of endless queries, the others answer all that they are asked`, async context => {
    const engine = openEngine(context);
    const occupied = occupy(engine, busy);
    for (const lane of lanes.filter(other => other !== busy)) {
      const queries = Array.from({ length: 50 }, (_, n) =>
        engine.query(`select n from numbers where n = ${n + 1}`, { lane, deadlineMs: 30_000 }),
      );
      const counts = (await Promise.all(queries)).map(({ rowCount }) => rowCount);
      assert.deepEqual(counts, Array(50).fill(1));
      assert.equal(occupied.ended(), 0, `the lane ${busy} is still busy after 50 queries of the lane ${lane}`);
    }
    await assert.rejects(
      engine.query('select 1', { lane: busy, deadlineMs: 50 }),
      failsWith('QUERY_DEADLINE', new RegExp(`while it waited for its turn in the lane ${busy}\\.$`)),
    );
    await occupied.release();
    assert.equal((await engine.query('select 1', { lane: busy, deadlineMs: 20_000 })).rowCount, 1);
  });
}

test('queries may be nested four deep in queries of extensions', async context => {
  const engine = openEngine(context);
  for (const depth of [0, 4]) assert.equal((await engine.query('select 1', { lane: 'extension', depth })).rowCount, 1);
  await assert.rejects(
    engine.query('select 1', { lane: 'extension', depth: 5 }),
    failsWith('QUERY_NESTED', /too deep: 5 queries wait for it, .*; 4 may\.$/),
  );
});

test('threads are kept for nested queries, so that the deepest never waits for those that wait for it', async context => {
  const engine = openEngine(context);
  const controller = new AbortController();
  const busy = Array.from({ length: 8 }, () =>
    assert.rejects(
      engine.query(endless, { lane: 'extension', signal: controller.signal }),
      failsWith('QUERY_CANCELLED'),
    ),
  );
  const refused = engine.query('select 1', { lane: 'extension', deadlineMs: 100 });
  await assert.rejects(refused, failsWith('QUERY_DEADLINE', /waited for its turn/));
  for (const depth of [1, 2, 3, 4]) {
    const answer = await engine.query('select 1', { lane: 'extension', depth, deadlineMs: 20_000 });
    assert.equal(answer.rowCount, 1);
    const { signal } = controller;
    busy.push(
      assert.rejects(engine.query(endless, { lane: 'extension', depth, signal }), failsWith('QUERY_CANCELLED')),
    );
  }
  controller.abort();
  await Promise.all(busy);
});

test('an extension that asks for its own table within a query of it is refused at the fifth, and the agent goes on', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  sandbox.daemon(`--extension=${repositoryFile('test', 'core', 'engine', 'lanes-nested-extension.ts')}`);
  await until(
    'the extension',
    async () => (await sandbox.ask("select 1 from outpost_extensions where name = 'nested' and state = 'ready'"))[0],
  );
  const crowd = Array.from({ length: 12 }, () => sandbox.ask('select said from nested where level = 0'));
  for (const [row] of await Promise.all(crowd))
    assert.match(row?.said ?? '', /^\d: The query is nested too deep: 5 queries wait for it, .*; 4 may\./);
  const [alone] = await sandbox.ask('select said from nested where level = 0');
  assert.match(alone?.said ?? '', /^4: /);
  assert.deepEqual(await sandbox.ask('select 6 * 7 as answer'), [{ answer: '42' }]);
});
