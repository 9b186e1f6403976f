import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ErrorCode,
  ExtensionClient,
  type ExtensionManagerHandler,
  type ExtensionResponse,
  type OutpostError,
  type Peer,
  type ServerOptions,
  serveExtension,
  serveManager,
} from '../../../protocol/src/index.ts';
import { frames } from '../frames.ts';
import { freshEndpoint, gate, handlerWith, ok, RawClient, until } from '../sockets.ts';

const ping = '800100010000000470696e670000000000';
const pong = frames.find(({ method, kind }) => method === 'ping' && kind === 'reply')?.hex ?? '';

const started = async (
  context: TestContext,
  options: ServerOptions = {},
  changes: Partial<ExtensionManagerHandler> = {},
) => {
  const faults: ErrorCode[] = [];
  const server = await serveManager(freshEndpoint(context), handlerWith(changes), {
    closeTimeoutMs: 50,
    onFault: (fault: OutpostError) => faults.push(fault.code),
    ...options,
  });
  context.after(() => server.close());
  return { server, faults, open: () => new RawClient(server.endpoint) };
};

suite('server', () => {
  test('answers a client that does not write strict messages', async context => {
    const { open } = await started(context);
    using client = open();
    client.send('0000000470696e67010000000000');
    assert.equal(await client.receive(pong.length / 2), pong);
  });

  test('answers requests that come at once, in order', async context => {
    const { open, server } = await started(context);
    using client = open();
    client.send(ping.repeat(50));
    assert.equal(await client.receive((pong.length / 2) * 50), pong.repeat(50));
    assert.equal(server.statistics.requests, 50);
  });

  test('answers a request that comes byte by byte', async context => {
    const { open } = await started(context);
    using client = open();
    for (const byte of Buffer.from(ping, 'hex')) {
      client.send(byte.toString(16).padStart(2, '0'));
      await delay(1);
    }
    assert.equal(await client.receive(pong.length / 2), pong);
  });

  test('serves several connections side by side', async context => {
    const { opened, open: answer } = gate();
    const { open } = await started(context, {}, { shutdown: () => opened });
    using slow = open();
    using fast = open();
    slow.send(`8001000100000008${Buffer.from('shutdown').toString('hex')}0000000000`);
    fast.send(ping);
    await fast.receive(pong.length / 2);
    assert.equal(slow.received, '');
    answer();
    await slow.receive(20);
  });

  test('gives handlers the peer', async context => {
    const peer = { pid: 12, uid: 34, gid: 56 };
    const seen: Peer[] = [];
    const endpoint = freshEndpoint(context);
    const ping = (who: Peer) => {
      seen.push(who);
      return ok;
    };
    const handler = { ...handlerWith(), ping };
    await using server = await serveExtension(endpoint, handler, { peerOf: () => peer });
    using client = await ExtensionClient.connect(server.endpoint);
    await client.ping();
    assert.deepEqual(seen, [peer]);
  });

  test('an extension does not know the methods of a manager', async context => {
    const endpoint = freshEndpoint(context);
    await using server = await serveExtension(endpoint, handlerWith());
    using client = new RawClient(server.endpoint);
    client.send(`8001000100000007${Buffer.from('options').toString('hex')}0000000000`);
    assert.match(Buffer.from(await client.receive(50), 'hex').toString(), /Invalid method name: 'options'/);
  });
});

suite('server and clients that misbehave', () => {
  for (const [what, hex, code] of [
    ['garbage', Buffer.from('\xff\xfe\xfd\xfc\xfb', 'latin1').toString('hex'), 'MESSAGE_MALFORMED'],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex'), 'MESSAGE_LIMIT'],
    ['a reply', '800100020000000470696e670000000000', 'MESSAGE_MALFORMED'],
    ['an exception', '800100030000000470696e670000000000', 'MESSAGE_MALFORMED'],
    ['a long text', '800100010000000571756572790000000' + '00b000140000000', 'MESSAGE_LIMIT'],
  ] as const) {
    test(`closes the connection upon ${what}`, async context => {
      const { open, server, faults } = await started(context);
      using client = open();
      client.send(hex);
      await client.closed;
      assert.equal(client.received, '');
      assert.deepEqual(faults, [code]);
      assert.equal(server.statistics.rejected, 1);
      using other = open();
      other.send(ping);
      assert.equal(await other.receive(pong.length / 2), pong);
    });
  }

  test('a framed client gets no answer', async context => {
    const { open } = await started(context);
    using client = open();
    client.send(`00000011${ping}`);
    await delay(50);
    assert.equal(client.received, '');
  });

  test('a message that is begun and not finished ends the connection, an idle one stays', async context => {
    const { open, server, faults } = await started(context, { messageTimeoutMs: 50 });
    using idle = open();
    using half = open();
    half.send(ping.slice(0, 12));
    await half.closed;
    assert.deepEqual(faults, ['MESSAGE_UNFINISHED']);
    assert.equal(server.statistics.timedOut, 1);
    idle.send(ping);
    assert.equal(await idle.receive(pong.length / 2), pong);
    await until(() => server.statistics.pendingBytes === 0);
  });

  test('a reply that nobody reads ends the connection', async context => {
    const response = [{ text: 'x'.repeat(5_000_000) }];
    const { open, faults } = await started(
      context,
      { messageTimeoutMs: 100 },
      { query: () => ({ status: ok, response }) },
    );
    using client = open();
    client.socket.pause();
    client.send(`8001000100000005${Buffer.from('query').toString('hex')}0000000000`);
    await until(() => faults.length > 0);
    assert.deepEqual(faults, ['REPLY_NOT_READ']);
  });

  test('a client that goes away while it is answered harms nobody', async context => {
    const { opened, open: answer } = gate();
    const { open, server } = await started(context, {}, { ping: () => opened.then(() => ok) });
    const client = open();
    client.send(ping);
    await until(() => server.statistics.requests === 1);
    client.socket.destroy();
    answer();
    await until(() => server.statistics.connections === 0);
    assert.equal(server.statistics.pendingBytes, 0);
  });

  test('a client that hangs up while it is answered gives its call up, and one that sends several at once is answered', async context => {
    const given: string[] = [];
    const call = (_registry: string, item: string, _request: unknown, _peer: Peer, signal: AbortSignal) =>
      new Promise<ExtensionResponse>(resolve => {
        given.push(`${item} begins`);
        signal.addEventListener('abort', () => {
          given.push(`${item} ends`);
          resolve({ status: { code: 1, message: '', uuid: 0 }, response: [] });
        });
      });
    const { server } = await started(context, {}, { call });
    const client = await ExtensionClient.connect(server.endpoint);
    const answer = client.call('table', 'a', {});
    const next = client.ping();
    await until(() => given.length === 1);
    client.close();
    await Promise.all([assert.rejects(answer), assert.rejects(next)]);
    await until(() => given.length === 2);
    assert.deepEqual(given, ['a begins', 'a ends']);

    using pipelining = new RawClient(server.endpoint);
    pipelining.send(ping.repeat(3));
    assert.equal(await pipelining.receive((pong.length / 2) * 3), pong.repeat(3));
  });

  test('beyond the limit the connection that was idle longest makes room', async context => {
    const { open, server } = await started(context, { connections: 2 });
    using first = open();
    first.send(ping);
    await first.receive(pong.length / 2);
    using second = open();
    second.send(ping);
    await second.receive(pong.length / 2);
    using third = open();
    third.send(ping);
    await third.receive(pong.length / 2);
    await first.closed;
    second.send(ping);
    assert.equal(await second.receive(pong.length), pong.repeat(2));
    const { accepted, evicted, refused, connections } = server.statistics;
    assert.deepEqual(
      { accepted, evicted, refused, connections },
      { accepted: 3, evicted: 1, refused: 0, connections: 2 },
    );
  });

  test('where all are busy, a new connection is refused', async context => {
    const { opened, open: answer } = gate();
    const { open, server, faults } = await started(context, { connections: 1 }, { ping: () => opened.then(() => ok) });
    using busy = open();
    busy.send(ping);
    await until(() => server.statistics.requests === 1);
    using refused = open();
    await refused.closed;
    assert.deepEqual(faults, ['CONNECTIONS_EXHAUSTED']);
    assert.equal(server.statistics.refused, 1);
    answer();
    await busy.receive(20);
  });

  test('unfinished messages of all connections together are bounded', async context => {
    const { open, faults, server } = await started(context, { pendingBytes: 1000 });
    const begun = `${ping.slice(0, 32)}0b000100001000${'61'.repeat(600)}`;
    using first = open();
    first.send(begun);
    await until(() => server.statistics.pendingBytes === begun.length / 2);
    using second = open();
    second.send(begun);
    await second.closed;
    assert.deepEqual(faults, ['BUFFERS_EXHAUSTED']);
    await until(() => server.statistics.pendingBytes === begun.length / 2);
    using third = open();
    third.send(ping);
    assert.equal(await third.receive(pong.length / 2), pong);
  });

  test('ten seconds of garbage in small: it serves on, and holds no memory', async context => {
    const { server } = await started(context);
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 300; round++) {
      using client = new RawClient(server.endpoint);
      const frame = frames[round % frames.length]?.hex ?? ping;
      const at = (round * 7) % (frame.length - 8);
      client.send(`${frame.slice(0, at & ~1)}7fffffff${frame.slice((at & ~1) + 8)}`);
      await delay(1);
    }
    using client = await ExtensionClient.connect(server.endpoint);
    assert.equal((await client.ping()).message, 'pong');
    assert.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024);
  });
});
