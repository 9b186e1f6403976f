import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { failsWith, openEngine, rows } from '../harness.ts';
import { newRun, openFunctions } from './harness.ts';

suite('sleep', () => {
  test('sleeps as long as it says, once a row', context => {
    const { query } = openFunctions(context);
    const began = performance.now();
    assert.deepEqual(query('select sleep(1)'), [[1]]);
    assert.ok(performance.now() - began >= 1000);
    assert.deepEqual(query("select sleep(0), sleep(-1), sleep(null), sleep('1'), sleep(1.5)"), [[0, 0, 0, 0, 0]]);
    assert.ok(performance.now() - began < 2000);
  });

  test('ends when its query is given up', context => {
    const connection = openFunctions(context);
    connection.run = newRun();
    Atomics.store(connection.run.cancel, 0, 1);
    const began = performance.now();
    const fault = connection.fault('select sleep(9223372036854775807)');
    assert.deepEqual([fault.message, fault.sqliteCode], ['interrupted', 9]);
    assert.ok(performance.now() - began < 1000);
  });

  test('heeds the deadline and the signal of its query, and the thread serves the next one', async context => {
    const engine = openEngine(context);
    await rows(engine, 'select 1');
    const began = performance.now();
    await assert.rejects(rows(engine, 'select sleep(60)', { deadlineMs: 100 }), failsWith('QUERY_DEADLINE'));
    const controller = new AbortController();
    const cancelled = rows(engine, 'select sleep(60)', { signal: controller.signal });
    controller.abort();
    await assert.rejects(cancelled, failsWith('QUERY_CANCELLED'));
    assert.deepEqual(await rows(engine, 'select sleep(0) as slept'), [{ slept: 0 }]);
    assert.ok(performance.now() - began < 10_000);
    assert.equal(engine.abandoned, 0);
  });
});
