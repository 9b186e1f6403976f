import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import {
  closeSession,
  type NativeSession,
  openSession,
  sessionForget,
  sessionReceive,
  sessionSend,
  type TransactError,
} from '../../../core/src/engine/native.ts';

/**
 * A server in a thread of its own, since a session blocks this one. A message is a call whose name says what becomes of it:
 * `hold` is kept until another comes, `twice` is answered twice, `cut` gets half an answer, `noise` gets bytes that are no message,
 * `end` ends the connection; anything else is answered with itself, and with what was held, the last first.
 */
const server = `
const net = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');
const server = net.createServer(socket => {
  let bytes = Buffer.alloc(0);
  let held = [];
  socket.on('error', () => {});
  socket.on('data', chunk => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 8) {
      const length = bytes.readUInt32BE(4);
      const whole = 8 + length + 4 + 1;
      if (bytes.length < whole) return;
      const message = Buffer.from(bytes.subarray(0, whole));
      bytes = bytes.subarray(whole);
      const name = message.toString('latin1', 8, 8 + length);
      message[3] = 2;
      if (name === 'notice') continue;
      if (name === 'hold') { held.push(message); continue; }
      if (name === 'end') { socket.end(); return; }
      if (name === 'noise') { socket.write('HTTP/1.1 400'); continue; }
      if (name === 'cut') { socket.write(message.subarray(0, whole - 2)); continue; }
      socket.write(Buffer.concat([message, ...held.reverse()]));
      held = [];
      if (name === 'twice') socket.write(message);
    }
  });
});
server.listen(workerData, () => parentPort.postMessage('listening'));
`;

/** A message without fields. */
const call = (name: string, id: number): Buffer => {
  const message = Buffer.alloc(8 + name.length + 5);
  message.writeUInt32BE(0x80010001);
  message.writeUInt32BE(name.length, 4);
  message.write(name, 8, 'latin1');
  message.writeInt32BE(id, 8 + name.length);
  return message;
};

const answer = (name: string, id: number): Buffer => {
  const message = call(name, id);
  message[3] = 2;
  return message;
};

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as TransactError).code;
  }
  throw new Error('It succeeded.');
};

suite('a session with an extension', () => {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-session-'));
  const path = join(folder, 'socket');
  const patienceMs = 5000;
  let worker: Worker;
  const open = (): NativeSession => openSession(path, patienceMs);
  const send = (session: NativeSession, name: string, id: number): void =>
    sessionSend(session, id, call(name, id), patienceMs);
  const receive = (session: NativeSession, id: number, deadlineMs = patienceMs): Buffer =>
    sessionReceive(session, id, deadlineMs);

  before(async () => {
    worker = new Worker(server, { eval: true, workerData: path });
    await new Promise(resolve => worker.once('message', resolve));
  });
  after(async () => {
    await worker.terminate();
    rmSync(folder, { recursive: true });
  });

  test('answers one call after another', () => {
    const session = open();
    for (let id = 1; id < 200; id++) {
      send(session, 'echo', id);
      assert.deepEqual(receive(session, id), answer('echo', id));
    }
    closeSession(session);
  });

  test('finds answers by their ids, in whatever order they come and are taken', () => {
    fc.assert(
      fc.property(
        fc
          .uniqueArray(fc.integer({ min: 1, max: 0x7fffffff }), { minLength: 1, maxLength: 64 })
          .chain(ids => fc.tuple(fc.constant(ids), fc.shuffledSubarray(ids, { minLength: ids.length }))),
        ([sent, taken]) => {
          const session = open();
          for (const id of sent.slice(0, -1)) send(session, 'hold', id);
          const last = sent.at(-1) ?? 1;
          send(session, 'echo', last);
          for (const id of taken) assert.deepEqual(receive(session, id), answer(id === last ? 'echo' : 'hold', id));
          closeSession(session);
        },
      ),
      { numRuns: Number(process.env.RUNS ?? 100) / 5, seed: 11 },
    );
  });

  test('has at most 64 unanswered calls, each with an id of its own', () => {
    const session = open();
    for (let id = 1; id <= 64; id++) send(session, 'hold', id);
    assert.equal(
      codeOf(() => send(session, 'echo', 65)),
      'BUSY',
    );
    sessionForget(session, 1);
    assert.equal(
      codeOf(() => send(session, 'hold', 2)),
      'BUSY',
    );
    send(session, 'echo', 65);
    assert.deepEqual(receive(session, 65), answer('echo', 65));
    assert.equal(
      codeOf(() => receive(session, 1)),
      'BUSY',
    );
    assert.equal(
      codeOf(() => receive(session, 0)),
      'BUSY',
    );
    closeSession(session);
  });

  test('goes on after a call that took too long, whose answer it passes over', () => {
    const session = open();
    send(session, 'hold', 7);
    assert.equal(
      codeOf(() => receive(session, 7, 60)),
      'DEADLINE',
    );
    sessionSend(session, 0, call('notice', 0), patienceMs);
    send(session, 'twice', 8);
    assert.deepEqual(receive(session, 8), answer('twice', 8));
    send(session, 'echo', 9);
    assert.deepEqual(receive(session, 9), answer('echo', 9));
    closeSession(session);
  });

  test('waits no longer when it is told to', () => {
    const session = open();
    send(session, 'hold', 1);
    const cancel = new Int32Array(new SharedArrayBuffer(4));
    cancel[0] = 1;
    assert.equal(
      codeOf(() => sessionReceive(session, 1, patienceMs, cancel)),
      'CANCELLED',
    );
    send(session, 'echo', 2);
    assert.deepEqual(receive(session, 2), answer('echo', 2));
    closeSession(session);
  });

  test('keeps half an answer until the rest comes, or is given up', () => {
    const session = open();
    send(session, 'cut', 1);
    assert.equal(
      codeOf(() => receive(session, 1, 80)),
      'DEADLINE',
    );
    send(session, 'cut', 2);
    assert.equal(
      codeOf(() => receive(session, 2, 80)),
      'MALFORMED',
    );
    assert.equal(
      codeOf(() => receive(session, 2)),
      'CLOSED',
    );
  });

  test('is over when the other side ends it, sends what is no message, or when it was closed', () => {
    for (const [name, code] of [
      ['end', 'CLOSED'],
      ['noise', 'MALFORMED'],
    ] as const) {
      const session = open();
      send(session, name, 1);
      assert.equal(
        codeOf(() => receive(session, 1)),
        code,
      );
      assert.equal(
        codeOf(() => send(session, 'echo', 2)),
        'CLOSED',
      );
    }
    const closed = open();
    closeSession(closed);
    closeSession(closed);
    assert.equal(
      codeOf(() => send(closed, 'echo', 1)),
      'CLOSED',
    );
  });

  test('is opened to nobody, or to somebody else, with a reason', () => {
    assert.throws(() => openSession(join(folder, 'absent'), 100), { code: 'CONNECT', message: /No such file/ });
    const other = (process.getuid?.() ?? 0) + 1;
    assert.equal(
      codeOf(() => openSession(path, 100, undefined, { peerUids: [other] })),
      'PEER',
    );
  });

  test('takes nothing else for a session', () => {
    const other = {} as NativeSession;
    assert.throws(() => closeSession(other), /no session/);
    assert.throws(() => receive(other, 1), /no session/);
  });
});
