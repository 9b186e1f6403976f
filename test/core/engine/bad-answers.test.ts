// What osquery says of an extension that answers badly, replayed over a real socket: see test/golden.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { PluginRow } from '@outpost/protocol';
import { schemaFromRoutes } from '@outpost/sdk';
import { Engine } from '../../../core/src/engine/engine.ts';
import { rowsAsText } from '../../../core/src/engine/rows.ts';
import { golden } from './native-harness.ts';

interface BadAnswer {
  readonly answer: string;
  readonly code: number;
  readonly message: string;
  readonly rows: readonly PluginRow[];
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([int32(value.length), Buffer.from(value)]);
const field = (type: number, id: number, ...parts: Buffer[]): Buffer =>
  Buffer.concat([Buffer.from([type, 0, id]), ...parts]);
const stop = Buffer.from([0]);
const [structType, listType, i32Type, textType, mapType] = [12, 15, 8, 11, 13] as const;

const head = (kind: number, name = 'call', seqid = 0): Buffer =>
  Buffer.concat([int32(0x80010000 | kind), text(name), int32(seqid)]);
const status = (code: number, message: string): Buffer =>
  field(structType, 1, field(i32Type, 1, int32(code)), field(textType, 2, text(message)), stop);
const oneRow = field(
  listType,
  2,
  Buffer.from([mapType]),
  int32(1),
  Buffer.from([textType, textType]),
  int32(1),
  text('x'),
  text('1'),
);
const success = (...parts: Buffer[]): Buffer => Buffer.concat([field(structType, 0, ...parts, stop), stop]);
const good = success(status(0, 'OK'), oneRow);

/** The bytes of each answer; undefined closes the connection. */
const answers: Readonly<Record<string, Buffer | undefined>> = {
  close: undefined,
  exception: Buffer.concat([head(3), field(textType, 1, text('boom')), field(i32Type, 2, int32(0)), stop]),
  extexc: Buffer.concat([head(2), field(structType, 1, field(i32Type, 1, int32(1)), stop), stop]),
  noresult: Buffer.concat([head(2), stop]),
  nostatus: Buffer.concat([head(2), success(oneRow)]),
  noresponse: Buffer.concat([head(2), success(status(0, 'OK'))]),
  wrongname: Buffer.concat([head(2, 'ping'), good]),
  wrongseq: Buffer.concat([head(2, 'call', 99), good]),
  garbage: Buffer.from('this is no Thrift message at all, whatever one thinks of it'),
  nonstrict: Buffer.concat([text('call'), Buffer.from([2]), int32(0), good]),
  code1msg: Buffer.concat([head(2), success(status(1, 'my failure'), oneRow)]),
  code1empty: Buffer.concat([head(2), success(status(1, ''), oneRow)]),
  code2: Buffer.concat([head(2), success(status(2, 'fatal'), oneRow)]),
  codeminus: Buffer.concat([head(2), success(status(-1, 'neg'), oneRow)]),
  code0msg: Buffer.concat([head(2), success(status(0, 'all is well'), oneRow)]),
};

/** Where we say something else, and why. */
const differences: Readonly<Record<string, RegExp>> = {
  // The words are those of another library.
  garbage: /^Extension call failed: /,
  // A failure without a word is told as one.
  code1empty: /^The extension answered with code 1 and no word\.$/,
};

/** An engine with a table whose extension answers every request with the same bytes. */
const answering = async (context: TestContext, bytes: Buffer | undefined): Promise<Engine> => {
  const directory = mkdtempSync(join(tmpdir(), 'bad-answers-'));
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('data', () => (bytes === undefined ? socket.destroy() : socket.write(bytes)));
  });
  const socketPath = join(directory, 'e.sock');
  await new Promise<void>(resolve => server.listen(socketPath, resolve));
  const engine = Engine.open();
  context.after(async () => {
    await engine.close();
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(directory, { recursive: true });
  });
  const schema = schemaFromRoutes('t', [{ id: 'column', name: 'x', type: 'TEXT', op: '0' }]);
  engine.catalog.set({
    name: 't',
    aliases: [],
    placement: { kind: 'extension', uuid: 1, socketPath },
    schema,
  });
  return engine;
};

for (const { answer, code, message, rows } of golden<BadAnswer>('bad-answers.jsonl'))
  test(`an extension whose answer is ${answer}`, async context => {
    assert.ok(answer in answers);
    const engine = await answering(context, answers[answer]);
    const asked = engine.query('select * from t', { lane: 'extension', encoding: 'thrift', deadlineMs: 5000 });
    // osquery waits until thrift_timeout, 300 s, for a reply of another name; it can only be that of the call, and is taken.
    if (answer === 'wrongname') return assert.deepEqual(rowsAsText(await asked), [{ x: '1' }]);
    if (code === 0) return assert.deepEqual(rowsAsText(await asked), rows);
    const difference = differences[answer];
    await assert.rejects(asked, (error: Error) => {
      if (difference === undefined) assert.equal(error.message, message);
      else assert.match(error.message, difference);
      return true;
    });
  });
