import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import {
  peerCredentials,
  peerOf,
  peerWithGroups,
  type TransactError,
  transact,
} from '../../../core/src/engine/native.ts';

/** What the server of a test does with a connection; runs in a thread of its own, because transact blocks this one. */
const server = `
const net = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');
let behaviour = { kind: 'silent' };
const send = async (socket, { reply, part, pauseMs, end }) => {
  const bytes = Buffer.from(reply);
  for (let at = 0; at < bytes.length; at += part) {
    socket.write(bytes.subarray(at, at + part));
    if (pauseMs) await new Promise(resolve => setTimeout(resolve, pauseMs));
  }
  if (end) socket.end();
};
const server = net.createServer(socket => {
  socket.on('error', () => {});
  let received = 0;
  if (behaviour.kind === 'refuse') return socket.destroy();
  if (behaviour.kind === 'deaf') return socket.pause();
  socket.on('data', chunk => {
    received += chunk.length;
    if (received < (behaviour.expect ?? 1)) return;
    parentPort.postMessage(received);
    if (behaviour.kind === 'reply') send(socket, behaviour);
    if (behaviour.kind === 'close') socket.destroy();
  });
});
parentPort.on('message', next => { behaviour = next; parentPort.postMessage('ready'); });
server.listen(workerData, () => parentPort.postMessage('listening'));
`;

interface Behaviour {
  readonly kind: 'reply' | 'close' | 'silent' | 'refuse' | 'deaf';
  readonly reply?: Uint8Array;
  readonly part?: number;
  readonly pauseMs?: number;
  readonly end?: boolean;
  readonly expect?: number;
}

const i32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([i32(Buffer.byteLength(value)), Buffer.from(value)]);
const field = (type: number, id: number): Buffer => Buffer.of(type, id >> 8, id);

/** A reply with every type of the protocol, of about so many rows. */
const reply = (rows: number, strict = true): Buffer => {
  const row = Buffer.concat([Buffer.of(11, 11), i32(2), text('name'), text('value é'), text('empty'), text('')]);
  const every = [
    field(2, 1),
    Buffer.of(1),
    field(3, 2),
    Buffer.of(7),
    field(4, 3),
    Buffer.alloc(8),
    field(6, 4),
    Buffer.alloc(2),
    field(8, 5),
    i32(5),
    field(10, 6),
    Buffer.alloc(8),
    field(14, 7),
    Buffer.of(8),
    i32(2),
    i32(1),
    i32(2),
    field(13, 8),
    Buffer.of(8, 12),
    i32(2),
    i32(1),
    Buffer.of(0),
    i32(2),
    field(2, 1),
    Buffer.of(0, 0),
    field(15, 9),
    Buffer.of(15),
    i32(1),
    Buffer.of(11),
    i32(1),
    text('nested'),
    field(13, 10),
    Buffer.of(0, 0),
    i32(0),
  ];
  return Buffer.concat([
    ...(strict ? [Buffer.of(0x80, 1, 0, 2), text('call'), i32(0)] : [text('call'), Buffer.of(2), i32(0)]),
    field(12, 0),
    field(12, 1),
    ...every,
    Buffer.of(0),
    field(15, 2),
    Buffer.of(13),
    i32(rows),
    ...Array<Buffer>(rows).fill(row),
    Buffer.of(0),
    Buffer.of(0),
  ]);
};

suite('an exchange with an extension', () => {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-transact-'));
  const path = join(folder, 'socket');
  let worker: Worker;
  const message = (): Promise<unknown> => new Promise(resolve => worker.once('message', resolve));
  const behave = async (behaviour: Behaviour): Promise<void> => {
    await new Promise(resolve => setTimeout(resolve, 1)); // lets what the last exchange sent pass by
    const ready = new Promise<void>(resolve => {
      const listen = (what: unknown): void => {
        if (what !== 'ready') return;
        worker.off('message', listen);
        resolve();
      };
      worker.on('message', listen);
    });
    worker.postMessage({ part: 1 << 20, ...behaviour });
    await ready;
  };
  const request = Buffer.from('request');
  const code = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as TransactError).code;
    }
    throw new Error('The exchange succeeded.');
  };

  before(async () => {
    worker = new Worker(server, { eval: true, workerData: path });
    await message();
  });
  after(async () => {
    await worker.terminate();
    rmSync(folder, { recursive: true });
  });

  for (const [name, behaviour, expected] of [
    ['in one piece', {}, reply(3)],
    ['byte by byte', { part: 1 }, reply(2)],
    ['not strict', {}, reply(2, false)],
    ['slowly', { part: 40, pauseMs: 5 }, reply(2)],
    ['large', {}, reply(50_000)],
    ['and closed at once', { end: true }, reply(1)],
  ] as const) {
    test(`that is answered ${name}`, async () => {
      await behave({ kind: 'reply', reply: expected, ...behaviour });
      assert.ok(transact(path, request, 5000).equals(expected));
    });
  }

  test('leaves alone what follows the message', async () => {
    await behave({ kind: 'reply', reply: Buffer.concat([reply(1), Buffer.from('more')]) });
    assert.ok(transact(path, request, 5000).equals(reply(1)));
  });

  test('writes a large request to the end', async () => {
    const large = Buffer.alloc(3_000_000, 1);
    await behave({ kind: 'reply', reply: reply(1), expect: large.length });
    const received = message();
    assert.ok(transact(path, large, 5000).equals(reply(1)));
    assert.equal(await received, large.length);
  });

  test('ends at its deadline', async () => {
    for (const behaviour of [{ kind: 'silent' }, { kind: 'reply', reply: reply(1).subarray(0, -1) }] as const) {
      await behave(behaviour);
      const start = performance.now();
      assert.equal(
        code(() => transact(path, request, 120)),
        'DEADLINE',
      );
      const elapsed = performance.now() - start;
      assert.ok(elapsed > 110 && elapsed < 600, `${elapsed} ms`);
    }
    await behave({ kind: 'deaf' });
    assert.equal(
      code(() => transact(path, Buffer.alloc(5_000_000), 100)),
      'DEADLINE',
    );
  });

  test('ends when it is cancelled from another thread', async () => {
    await behave({ kind: 'silent' });
    const cancel = new Int32Array(new SharedArrayBuffer(4));
    const source = `const { workerData } = require('node:worker_threads'); setTimeout(() => Atomics.store(workerData, 0, 1), 100)`;
    const canceller = new Worker(source, { eval: true, workerData: cancel });
    const start = performance.now();
    assert.equal(
      code(() => transact(path, request, 20_000, cancel)),
      'CANCELLED',
    );
    assert.ok(performance.now() - start < 5000);
    await canceller.terminate();
  });

  test('that is cut off, refused or closed', async () => {
    for (const length of [0, 3, 20, reply(2).length - 1]) {
      await behave({ kind: 'reply', reply: reply(2).subarray(0, length || 1), end: true });
      assert.equal(
        code(() => transact(path, request, 5000)),
        'CLOSED',
      );
    }
    await behave({ kind: 'close' });
    assert.equal(
      code(() => transact(path, request, 5000)),
      'CLOSED',
    );
    await behave({ kind: 'refuse' });
    assert.equal(
      code(() => transact(path, Buffer.alloc(2_000_000), 5000)),
      'CLOSED',
    );
  });

  test('that finds nobody', () => {
    assert.throws(() => transact(join(folder, 'absent'), request, 1000), { code: 'CONNECT', message: /No such file/ });
    assert.throws(() => transact(folder, request, 1000), { code: 'CONNECT', message: /refused/ });
    assert.throws(() => transact('x'.repeat(200), request, 1000), { code: 'CONNECT', message: /too long/ });
  });

  test('that gets no message of the protocol', async () => {
    const start = reply(0).subarray(0, 16);
    const nested = Buffer.concat([start, ...Array<Buffer>(100).fill(field(12, 1))]);
    for (const bytes of [
      Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
      Buffer.of(0x80, 2, 0, 2),
      Buffer.concat([start, field(99, 1)]),
      Buffer.concat([start, field(11, 1), i32(-1)]),
      Buffer.concat([start, field(11, 1), i32(0x7fffffff)]),
      Buffer.concat([start, field(15, 1), Buffer.of(2), i32(0x7fffffff)]),
      Buffer.concat([start, field(13, 1), Buffer.of(11, 11), i32(-1)]),
      Buffer.concat([start, field(15, 1), Buffer.of(1), i32(3), Buffer.alloc(9)]),
      nested,
    ]) {
      await behave({ kind: 'reply', reply: bytes });
      assert.equal(
        code(() => transact(path, request, 5000)),
        'MALFORMED',
        bytes.toString('latin1'),
      );
    }
    await behave({ kind: 'reply', reply: reply(50_000) });
    assert.equal(
      code(() => transact(path, request, 5000, undefined, { maxBytes: 100_000 })),
      'MALFORMED',
    );
  });

  test('that gets noise ends one way or the other', async () => {
    const noise = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 100 }), { numRuns: 60, seed: 3 });
    for (const bytes of noise) {
      const mutated = reply(2);
      mutated[(bytes[0] ?? 0) % mutated.length] = bytes.at(-1) ?? 0;
      for (const answer of [Buffer.concat([reply(0).subarray(0, 16), bytes]), mutated]) {
        await behave({ kind: 'reply', reply: answer, end: true });
        try {
          transact(path, request, 5000);
        } catch (error) {
          assert.ok(['CLOSED', 'MALFORMED'].includes((error as TransactError).code));
        }
      }
    }
  });

  test('looks at who is there before it asks', async () => {
    await behave({ kind: 'reply', reply: reply(1) });
    const own = process.getuid?.() ?? 0;
    assert.ok(transact(path, request, 5000, undefined, { peerUids: [own + 1, own] }));
    await behave({ kind: 'reply', reply: reply(1) });
    assert.equal(
      code(() => transact(path, request, 5000, undefined, { peerUids: [own + 1] })),
      'PEER',
    );
    assert.equal(
      code(() => transact(path, request, 5000, undefined, { peerUids: [] })),
      'PEER',
    );
  });

  test('with a full queue waits for its turn', async () => {
    const full = join(folder, 'full');
    const holder = new Worker(
      `const net = require('node:net'); const { parentPort, workerData } = require('node:worker_threads');
       net.createServer(() => {}).listen({ path: workerData, backlog: 1 }, () => { parentPort.postMessage(1); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000); })`,
      { eval: true, workerData: full },
    );
    await new Promise(resolve => holder.once('message', resolve));
    const waiting = [net.connect(full), net.connect(full), net.connect(full)];
    for (const socket of waiting) socket.on('error', () => undefined);
    await new Promise(resolve => setTimeout(resolve, 50));
    assert.equal(
      code(() => transact(full, request, 100)),
      'DEADLINE',
    );
    for (const socket of waiting) socket.destroy();
    await holder.terminate();
  });
});

suite('who is at the other end', () => {
  test('of a Unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outpost-peer-'));
    const path = join(folder, 'socket');
    const listener = net.createServer().listen(path);
    const accepted = new Promise<net.Socket>(resolve => listener.once('connection', resolve));
    const client = net.connect(path);
    const socket = await accepted;
    const self = { pid: process.pid, uid: process.getuid?.(), gid: process.getgid?.() };
    assert.deepEqual(peerOf(socket), self);
    assert.deepEqual(peerOf(client), self);
    const groups = peerWithGroups(socket)?.groups ?? [];
    assert.deepEqual(new Set(groups), new Set([self.gid, ...(process.getgroups?.() ?? [])]));
    client.destroy();
    socket.destroy();
    assert.equal(peerOf(socket), undefined);
    listener.close();
    rmSync(folder, { recursive: true });
  });

  test('of anything else is nobody', () => {
    assert.throws(() => peerCredentials(-1), /not a connected Unix socket/);
    assert.throws(() => peerCredentials(0xffff), /not a connected Unix socket/);
  });
});
