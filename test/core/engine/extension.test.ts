import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { PluginResponse } from '@outpost/protocol';
import { Engine } from '../../../core/src/engine/engine.ts';
import { rowsOf } from '../../../core/src/engine/rows.ts';
import { answered, attachTables, openExtension } from './extension-harness.ts';
import { failsWith, temporaryDirectory } from './harness.ts';

const routes: PluginResponse = [
  { id: 'column', name: 'x', type: 'TEXT', op: '0' },
  { id: 'column', name: 'n', type: 'INTEGER', op: '0' },
  { id: 'alias', alias: 'other_name' },
];
const tables = [{ table: 'remote', routes }];

const select = async (engine: Engine, sql: string, deadlineMs = 10_000): Promise<unknown[]> => [
  ...rowsOf(await engine.query(sql, { lane: 'live', deadlineMs })),
];

/** An engine whose extension answers each connection with ready bytes, or as the test wants. */
const openRaw = async (
  context: TestContext,
  answer: Buffer | ((server: Server) => void),
): Promise<{ engine: Engine; path: string }> => {
  const path = `${temporaryDirectory(context)}/em.7`;
  const server = createServer(socket => {
    socket.on('error', () => undefined);
    if (Buffer.isBuffer(answer)) socket.once('data', () => socket.end(answer));
  });
  if (!Buffer.isBuffer(answer)) answer(server);
  await new Promise<void>(resolve => server.listen(path, resolve));
  const engine = Engine.open();
  context.after(async () => {
    await engine.close();
    server.close();
  });
  attachTables(engine, tables, path);
  return { engine, path };
};

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const head = (kind: number, name = 'call', seqid = 0): Buffer =>
  Buffer.concat([hex(`8001 000${kind}`), text(name), hex(seqid.toString(16).padStart(8, '0'))]);
/** A status struct with the code 0. */
const good = Buffer.concat([hex('0800 0100000000 0b0002'), text('OK'), hex('0a00 03 0000000000000007 00')]);
/** One row, x = 1, as field 2 of a response. */
const row = Buffer.concat([hex('0f0002 0d00000001 0b0b00000001'), text('x'), text('1')]);

test('an alias of an extension table is the same table', async context => {
  const engine = await openExtension(context, tables, () => answered([{ x: 'a', n: '1' }]));
  assert.deepEqual(await select(engine, 'select n, x from other_name'), [{ n: 1, x: 'a' }]);
});

test('a status other than 0 is the error of the statement', async context => {
  for (const [code, message] of [
    [1, 'my failure'],
    [2, 'fatal'],
    [-1, 'negative'],
  ] as const) {
    const engine = await openExtension(context, tables, () => answered([], code, message));
    await assert.rejects(select(engine, 'select * from remote'), failsWith('SQL_ERROR', message));
  }
});

test('answers that are odd and whole are taken as osquery takes them', async context => {
  const one = [{ x: '1' }];
  const cases: Readonly<Record<string, readonly [reply: Buffer, rows: unknown[]]>> = {
    'no status': [Buffer.concat([head(2), hex('0c0000'), row, hex('00 00')]), one],
    'no response': [Buffer.concat([head(2), hex('0c0000 0c0001'), good, hex('00 00')]), []],
    'another sequence id': [Buffer.concat([head(2, 'call', 99), hex('0c0000 0c0001'), good, row, hex('0000')]), one],
    'not strict': [
      Buffer.concat([text('call'), hex('02 00000000'), hex('0c0000 0c0001'), good, row, hex('0000')]),
      one,
    ],
  };
  for (const [name, [reply, rows]] of Object.entries(cases)) {
    const { engine } = await openRaw(context, reply);
    assert.deepEqual(await select(engine, 'select x from remote'), rows, name);
  }
});

test('answers that are none are errors of the statement, and the lane goes on', async context => {
  const boom = Buffer.concat([head(3), hex('0b0001'), text('boom'), hex('080002 00000006 00')]);
  const cases: Readonly<Record<string, readonly [reply: Buffer, message: string | RegExp]>> = {
    closed: [Buffer.alloc(0), 'Extension call failed: No more data to read.'],
    'cut off': [Buffer.concat([head(2), hex('0c0000 0c0001')]), 'Extension call failed: No more data to read.'],
    exception: [boom, 'Extension call failed: boom'],
    'no result': [Buffer.concat([head(2), hex('00')]), 'Extension call failed: call failed: unknown result'],
    garbage: [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), /^Extension call failed: /],
    'a call': [Buffer.concat([head(1), hex('00')]), /^Extension call failed: .*a message of kind 1/],
    'a huge size': [Buffer.concat([head(2), hex('0c0000 0f0002 0d7fffffff')]), /^Extension call failed: /],
  };
  for (const [name, [reply, message]] of Object.entries(cases)) {
    const { engine } = await openRaw(context, reply);
    await assert.rejects(select(engine, 'select x from remote'), failsWith('SQL_ERROR', message), name);
    assert.deepEqual(await select(engine, 'select 1 as one'), [{ one: 1 }]);
  }
});

test('an extension that is not there is named by its socket', async context => {
  const engine = Engine.open();
  context.after(() => engine.close());
  attachTables(engine, tables, '/nonexistent/em.7');
  await assert.rejects(
    select(engine, 'select * from remote'),
    failsWith('SQL_ERROR', 'Extension socket not available: /nonexistent/em.7'),
  );
});

test('an extension that never answers ends with the deadline of the query or with the time-out of calls', async context => {
  const { engine, path } = await openRaw(context, () => undefined);
  const began = performance.now();
  await assert.rejects(select(engine, 'select * from remote', 300), failsWith('QUERY_DEADLINE', /300 ms/));
  assert.ok(performance.now() - began < 1500, 'the thread did not have to be ended');
  const impatient = Engine.open({ settings: { thriftTimeoutMs: 200 } });
  context.after(() => impatient.close());
  attachTables(impatient, tables, path);
  await assert.rejects(
    select(impatient, 'select * from remote'),
    failsWith('SQL_ERROR', 'Extension call failed: the extension did not answer in time'),
  );
});

test('the main thread goes on while a query thread waits for an extension', async context => {
  const engine = await openExtension(context, tables, async () => {
    await delay(200);
    return answered([{ x: 'late' }]);
  });
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 10);
  assert.deepEqual(await select(engine, 'select x from remote'), [{ x: 'late' }]);
  clearInterval(timer);
  assert.ok(ticks > 5, `${ticks} ticks`);
});

test('a query that waits for an extension is known, and a foreign owner of the socket is refused', async context => {
  const depths: number[] = [];
  const engine: Engine = await openExtension(context, tables, () => {
    depths.push(engine.depthWithin(7), engine.depthWithin(8));
    return answered([]);
  });
  const table = engine.catalog.get('remote');
  assert.ok(table?.placement.kind === 'extension');
  await select(engine, 'select * from remote');
  assert.deepEqual([...depths, engine.depthWithin(7)], [1, 0, 0]);
  engine.catalog.set({ ...table, placement: { ...table.placement, peerUids: [64_999] } });
  await assert.rejects(
    select(engine, 'select * from remote'),
    failsWith('SQL_ERROR', /^Extension call failed: .*may not serve an extension/),
  );
});
