import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noFigures, percentile, RunLog, type RunRecord } from '../../../core/src/schedule/run-log.ts';

const run = (name: string, startedMs: number, more: Partial<RunRecord> = {}): RunRecord => ({
  ...noFigures,
  name,
  startedMs,
  status: 'ok',
  ...more,
});

test('each query keeps its last 50 runs, all of them 2000', () => {
  const log = new RunLog();
  for (let i = 0; i < 60; i++) log.add(run('q', i));
  assert.deepEqual([log.of('q').runs.length, log.of('q').runs[0]?.startedMs, log.of('q').ok], [50, 10, 60]);
  for (let i = 0; i < 3000; i++) log.add(run(`q${i % 1000}`, i));
  assert.equal(log.rows().length, 2000);
});

test('a run that is left out again takes the place of the one before', () => {
  const log = new RunLog();
  log.add(run('q', 1, { status: 'denied' }));
  log.add(run('q', 2, { status: 'denied' }));
  log.add(run('q', 3));
  assert.deepEqual(
    log.rows().map(({ startedMs, status }) => [startedMs, status]),
    [
      [2, 'denied'],
      [3, 'ok'],
    ],
  );
  assert.equal(log.of('q').leftOut, 2);
  assert.deepEqual(log.of('nobody').runs, []);
});

test('queries that are not scheduled any more are forgotten', () => {
  const log = new RunLog();
  log.add(run('a', 1));
  log.add(run('b', 2));
  log.keep(new Set(['b']));
  assert.deepEqual(
    log.rows().map(({ name }) => name),
    ['b'],
  );
});

test('percentiles are of runs that ran', () => {
  const runs = [5, 1, 3, 2, 4].map(wallMs => run('q', 0, { wallMs }));
  assert.equal(percentile(runs, 0.5), 3);
  assert.equal(percentile(runs, 0.95), 5);
  assert.equal(percentile([run('q', 0, { status: 'denied' })], 0.5), undefined);
});
