import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Engine, type EngineOptions } from '../../../core/src/engine/engine.ts';
import { failsWith, letGo, rows, temporaryDirectory } from './harness.ts';

const module = new URL('./hosted-fixture.ts', import.meta.url).href;
const names = ['counted', 'pending', 'hanging', 'dying', 'disguised'];

const openHosted = (context: TestContext, options: EngineOptions = {}): { engine: Engine; notes: string } => {
  const engine = Engine.open(options);
  engine.catalog.set(...names.map(name => ({ name, aliases: [], placement: { kind: 'module', module } as const })));
  context.after(() => engine.close());
  const notes = `${temporaryDirectory(context)}/notes`;
  writeFileSync(notes, '');
  return { engine, notes };
};

/** What the tables noted, once there is something. */
const noted = async (path: string): Promise<string> => {
  for (let left = 100; left > 0; left--) {
    const text = readFileSync(path, 'utf8');
    if (text !== '') return text;
    await delay(20);
  }
  return '';
};

test('a scan that ends early ends the generator', async context => {
  const { engine, notes } = openHosted(context);
  const sql = `select n from counted where notes = '${notes}' limit 3`;
  assert.deepEqual(await rows(engine, sql), [{ n: 0 }, { n: 1 }, { n: 2 }]);
  assert.equal(await noted(notes), 'ended, aborted: true\n');
});

test('a table hears that its query was given up, also before its first row', async context => {
  const { engine, notes } = openHosted(context);
  await rows(engine, `select n from counted where notes = '${notes}.before' limit 1`); // now the host has started
  const sql = `select n from pending where notes = '${notes}'`;
  await assert.rejects(rows(engine, sql, { deadlineMs: 500 }), failsWith('QUERY_DEADLINE'));
  assert.equal(await noted(notes), 'given up\n');
});

test('a table that blocks the plugin host costs one query; the host is replaced', async context => {
  const warnings: string[] = [];
  const abandoned: number[] = [];
  const { engine, notes } = openHosted(context, {
    onWarning: (_table, message) => warnings.push(message),
    onAbandoned: count => abandoned.push(count),
  });
  const fifo = `${temporaryDirectory(context)}/fifo`;
  execFileSync('mkfifo', [fifo]);
  await rows(engine, `select n from counted where notes = '${notes}' limit 1`); // now the host has started
  await assert.rejects(
    rows(engine, `select * from hanging where notes = '${fifo}'`, { deadlineMs: 1000 }),
    failsWith('QUERY_DEADLINE'),
  );
  for (let left = 200; abandoned.length === 0 && left > 0; left--) await delay(50);
  letGo(fifo);
  assert.match(warnings.join(), /plugin host thread died: a table kept it from answering/);
  assert.deepEqual(await rows(engine, `select n from counted where notes = '${notes}' limit 1`), [{ n: 0 }]);
});

test('a plugin host that dies ends the queries that wait for it, and a new one takes its place', async context => {
  const { engine, notes } = openHosted(context);
  await assert.rejects(rows(engine, `select n from dying where notes = '${notes}'`), failsWith('QUERY_THREAD_LOST'));
  assert.deepEqual(await rows(engine, `select n from counted where notes = '${notes}' limit 1`), [{ n: 0 }]);
});

test('a table that hides its promise is told how to declare it', async context => {
  const { engine } = openHosted(context);
  await assert.rejects(
    rows(engine, 'select * from disguised'),
    failsWith('SQL_ERROR', /disguised generates asynchronously.*asynchronous: true/),
  );
});
