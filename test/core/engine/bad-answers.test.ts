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
import { badAnswers } from '../../protocol/bad-answers.ts';
import { golden } from './native-harness.ts';

interface BadAnswer {
  readonly answer: string;
  readonly code: number;
  readonly message: string;
  readonly rows: readonly PluginRow[];
}

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
    assert.ok(answer in badAnswers);
    const engine = await answering(context, badAnswers[answer]);
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
