import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { adopt, beginRun, type Handle, interrupt, prepare } from '../../../core/src/engine/native.ts';
import { nameColumns as columns, numberTable as numbers, openTables } from './native-harness.ts';

suite('interrupts', () => {
  const endless = 'with recursive c(x) as (select 1 union all select x + 1 from c) select max(x) from c';
  /** Interrupts from another thread until told to stop. */
  const interrupter = (handle: number, run: number): Worker => {
    const native = new URL('../../../core/src/engine/native.ts', import.meta.url).href;
    const source = `import(${JSON.stringify(native)}).then(({ interrupt }) => setInterval(() => interrupt(${handle}, ${run}), 20))`;
    return new Worker(source, { eval: true });
  };

  test('end an endless statement from another thread', async () => {
    const connection = openTables({ t: numbers(1) });
    beginRun(connection.handle, 3);
    const worker = interrupter(connection.handle, 3);
    const fault = connection.fault(endless);
    assert.deepEqual([fault.message, fault.sqliteCode], ['interrupted', 9]);
    await worker.terminate();
    assert.equal(connection.fault('select 1').message, 'interrupted');
    beginRun(connection.handle, 4);
    assert.deepEqual(connection.query('select 1'), [[1]]);
    connection.close();
  });

  test('end a table that gives empty blocks for ever', async () => {
    const empty = function* (): Generator<Uint8Array> {
      for (;;) yield Uint8Array.of(0x90);
    };
    const connection = openTables({ t: { columns, blocks: empty } });
    beginRun(connection.handle, 1);
    const worker = interrupter(connection.handle, 0);
    assert.equal(connection.fault('select * from t').message, 'interrupted');
    await worker.terminate();
    connection.close();
  });

  test('aim at no connection when there is none of the number', () => {
    const connection = openTables({});
    assert.equal(interrupt(0 as Handle), false);
    assert.deepEqual(connection.query('select 1'), [[1]]);
    connection.close();
  });

  test('aim at one run only, and at nothing once the connection is closed', () => {
    const connection = openTables({});
    beginRun(connection.handle, 8);
    assert.equal(interrupt(connection.handle, 7), false);
    assert.deepEqual(connection.query('select 1'), [[1]]);
    assert.equal(interrupt(connection.handle, 8), true);
    connection.close();
    assert.equal(interrupt(connection.handle), false);
  });

  test('reach a connection that works for the run, also when they came before it', async () => {
    const parent = openTables({});
    const early = openTables({});
    beginRun(parent.handle, 5);
    adopt(parent.handle, early.handle);
    assert.equal(interrupt(parent.handle, 4), false);
    assert.deepEqual(early.query('select 1'), [[1]]);
    const worker = interrupter(parent.handle, 5);
    assert.equal(early.fault(endless).message, 'interrupted');
    await worker.terminate();
    const late = openTables({});
    adopt(parent.handle, late.handle);
    assert.equal(late.fault('select 1').message, 'interrupted');
    early.close();
    assert.equal(interrupt(parent.handle, 5), true);
    for (const connection of [parent, late]) connection.close();
    assert.throws(() => adopt(parent.handle, late.handle), /closed|another thread/);
  });

  test('a connection belongs to its thread, and goes with it', async () => {
    const native = new URL('../../../core/src/engine/native.ts', import.meta.url).href;
    const source = `import(${JSON.stringify(native)}).then(native => {
      const { parentPort } = require('node:worker_threads');
      const none = () => null;
      const connection = native.openConnection({ connect: () => 'x', open: none, next: none, close: none, update: none }, new Int32Array(2));
      const statement = native.prepare(connection.handle, 'select 1 union all select 2');
      native.step(statement, 0, 1, 1);
      parentPort.postMessage(connection.handle);
    })`;
    const worker = new Worker(source, { eval: true });
    const handle = await new Promise<never>(resolve => worker.once('message', resolve));
    assert.throws(() => prepare(handle, 'select 1'), /another thread|closed/);
    await worker.terminate();
    assert.equal(interrupt(handle), false);
  });

  test('a thread can be terminated while its table runs for ever', async () => {
    const harness = new URL('native-harness.ts', import.meta.url).href;
    const source = `import(${JSON.stringify(harness)}).then(({ openTables, nameColumns }) => {
      const { parentPort } = require('node:worker_threads');
      const rows = function* () { yield { id: 1 }; parentPort.postMessage('running'); for (;;) {} };
      openTables({ t: { columns: nameColumns, rows } }).query('select * from t');
    })`;
    const worker = new Worker(source, { eval: true });
    assert.equal(await new Promise(resolve => worker.once('message', resolve)), 'running');
    assert.equal(await worker.terminate(), 1);
  });
});
