import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ApplicationException,
  type Endpoint,
  ExtensionClient,
  ExtensionManagerClient,
  encodeRows,
  serveManager,
  unixEndpoint,
} from '../../../protocol/src/index.ts';
import { freshEndpoint, handlerWith, ok } from '../sockets.ts';

const managerClient = async (context: TestContext, changes = {}) => {
  const endpoint = freshEndpoint(context);
  const server = await serveManager(endpoint, handlerWith(changes), { closeTimeoutMs: 10 });
  const client = await ExtensionManagerClient.connect(endpoint, { timeoutMs: 5000 });
  context.after(async () => {
    client.close();
    await server.close();
  });
  return { client, server, endpoint };
};

/** A server that treats each connection as a test says. */
const bareServer = async (context: TestContext, onConnection: (socket: Socket) => void): Promise<Endpoint> => {
  const endpoint = freshEndpoint(context);
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket.on('error', () => socket.destroy()));
    onConnection(socket);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(endpoint.path, resolve);
  await promise;
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return endpoint;
};

const reply = (name: string, result: string, kind = '02'): Buffer =>
  Buffer.from(
    `800100${kind}${name.length.toString(16).padStart(8, '0')}${Buffer.from(name).toString('hex')}00000000${result}`,
    'hex',
  );

suite('client of the manager', () => {
  test('gets what the handler answers, of every method', async context => {
    const info = { name: 'mine', version: '1.2', sdkVersion: '5.0.0', minSdkVersion: '1.0' };
    const registered: unknown[] = [];
    const { client } = await managerClient(context, {
      extensions: () =>
        new Map([
          [9, info],
          [10, { ...info, name: 'ten' }],
          [65_535, info],
        ]),
      options: () => new Map([['verbose', { value: 'true', defaultValue: 'false', type: 'bool' }]]),
      registerExtension: (...args: unknown[]) => {
        registered.push(args);
        return { ...ok, uuid: 40_123 };
      },
    });
    assert.deepEqual(await client.ping(), { code: 0, message: 'pong', uuid: 0 });
    assert.deepEqual(await client.call('table', 'time', { action: 'columns' }), {
      status: ok,
      response: [{ registry: 'table', item: 'time', action: 'columns' }],
    });
    assert.equal(await client.shutdown(), undefined);
    assert.deepEqual(
      [...(await client.extensions())],
      [
        [9, info],
        [10, { ...info, name: 'ten' }],
        [65_535, info],
      ],
    );
    assert.deepEqual(
      await client.options(),
      new Map([['verbose', { value: 'true', defaultValue: 'false', type: 'bool' }]]),
    );
    const registry = { table: { numbers: [{ id: 'column', name: 'n', type: 'INTEGER', op: '0' }] }, logger: {} };
    assert.deepEqual(await client.registerExtension(info, registry), { ...ok, uuid: 40_123 });
    assert.deepEqual(registered, [[info, registry, undefined]]);
    assert.equal((await client.deregisterExtension(40_123)).message, 'deregistered 40123');
    assert.deepEqual((await client.query('select 1')).response, [{ sql: 'select 1' }]);
    assert.deepEqual((await client.getQueryColumns('a')).response, [{ a: 'TEXT' }]);
  });

  test('an extension client serves for ping, call and shutdown', async context => {
    const { endpoint } = await managerClient(context);
    using client = await ExtensionClient.connect(endpoint);
    assert.equal((await client.ping()).message, 'pong');
  });

  test('calls made at once are answered in their order, one at a time', async context => {
    let running = 0;
    const { client } = await managerClient(context, {
      async query(sql: string) {
        running += 1;
        assert.equal(running, 1);
        await delay(2);
        running -= 1;
        return { status: ok, response: [{ sql }] };
      },
    });
    const answers: string[] = [];
    const statements = Array.from({ length: 20 }, (_, index) => `select ${index}`);
    await Promise.all(
      statements.map(async sql => {
        answers.push((await client.query(sql)).response[0]?.sql ?? '');
      }),
    );
    assert.deepEqual(answers, statements);
  });

  test('a large answer comes whole', async context => {
    const rows = Array.from({ length: 50_000 }, (_, index) => ({ index: String(index), text: 'x'.repeat(100) }));
    const { client, server } = await managerClient(context, {
      query: () => ({ status: ok, rowsBytes: encodeRows(rows) }),
    });
    assert.deepEqual((await client.query('select')).response, rows);
    assert.ok(server.statistics.sentBytes > 5_000_000);
  });

  test('an exception fails the call with its text, and the connection lives on', async context => {
    const { client } = await managerClient(context, {
      call() {
        throw new ApplicationException('Unknown registry requested: x');
      },
    });
    await assert.rejects(client.call('x', '', {}), {
      name: 'OutpostError',
      code: 'EXTENSION_CALL_FAILED',
      message: 'Extension call failed: Unknown registry requested: x',
    });
    assert.equal((await client.ping()).message, 'pong');
  });
});

suite('client before a server that misbehaves', () => {
  test('nobody listens', async () => {
    await assert.rejects(ExtensionClient.connect(unixEndpoint('/nowhere/socket')), {
      code: 'SOCKET_NOT_AVAILABLE',
      message: 'Extension socket not available: /nowhere/socket',
    });
  });

  test('the connection ends', async context => {
    const endpoint = await bareServer(context, socket => socket.once('data', () => socket.end()));
    using client = await ExtensionClient.connect(endpoint);
    const expected = { code: 'EXTENSION_CALL_FAILED', message: 'Extension call failed: No more data to read.' };
    await assert.rejects(client.ping(), expected);
    assert.equal(client.closed, true);
    await assert.rejects(client.ping(), expected);
  });

  test('the connection ends within a reply', async context => {
    const endpoint = await bareServer(context, socket =>
      socket.once('data', () => socket.end(reply('ping', '0c0000').subarray(0, 20))),
    );
    using client = await ExtensionClient.connect(endpoint);
    await assert.rejects(client.ping(), { message: 'Extension call failed: No more data to read.' });
  });

  test('no answer within the time', async context => {
    const endpoint = await bareServer(context, () => undefined);
    using client = await ExtensionClient.connect(endpoint, { timeoutMs: 5000 });
    const queued = client.call('table', 'x', {});
    const first = assert.rejects(client.ping({ timeoutMs: 20 }), {
      code: 'CALL_DEADLINE',
      message: /ping at .* within 0.02 seconds/,
    });
    await first;
    assert.equal(client.closed, false, 'a call that was not sent yet fails alone');
    client.close();
    await assert.rejects(queued, { message: 'Extension call failed: the client was closed.' });
  });

  test('after a deadline nobody could tell whose the next reply is', async context => {
    const endpoint = await bareServer(context, () => undefined);
    using client = await ExtensionClient.connect(endpoint);
    const late = assert.rejects(client.ping({ timeoutMs: 20 }), { code: 'CALL_DEADLINE' });
    const queued = assert.rejects(client.call('table', 'x', {}), { code: 'CALL_DEADLINE' });
    await Promise.all([late, queued]);
    assert.equal(client.closed, true);
  });

  test('a reply of another method is passed over', async context => {
    const endpoint = await bareServer(context, socket =>
      socket.on('data', () => {
        socket.write(reply('call', '00'));
        socket.write(reply('ping', '0c00000800010000000000' + '00'));
      }),
    );
    using client = await ExtensionClient.connect(endpoint);
    assert.deepEqual(await client.ping(), { code: 0, message: '', uuid: 0 });
  });

  test('a reply without a result', async context => {
    const endpoint = await bareServer(context, socket => socket.on('data', () => socket.write(reply('call', '00'))));
    using client = await ExtensionClient.connect(endpoint);
    await assert.rejects(client.call('a', 'b', {}), { message: 'Extension call failed: call failed: unknown result' });
  });

  test('an exception without a text', async context => {
    const endpoint = await bareServer(context, socket =>
      socket.on('data', () => socket.write(reply('ping', '00', '03'))),
    );
    using client = await ExtensionClient.connect(endpoint);
    await assert.rejects(client.ping(), { message: 'Extension call failed: ' });
  });

  test('a reply byte by byte', async context => {
    const endpoint = await bareServer(context, socket =>
      socket.on('data', async () => {
        for (const byte of reply('ping', '0c000008000100000007' + '0000')) {
          socket.write(Buffer.of(byte));
          await delay(1);
        }
      }),
    );
    using client = await ExtensionClient.connect(endpoint);
    assert.equal((await client.ping()).code, 7);
  });

  test('garbage', async context => {
    const endpoint = await bareServer(context, socket =>
      socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request')),
    );
    using client = await ExtensionClient.connect(endpoint);
    await assert.rejects(client.ping(), { code: 'MESSAGE_LIMIT' });
  });

  test('a reply above the limit', async context => {
    const { endpoint } = await managerClient(context, {
      query: () => ({ status: ok, response: [{ text: 'x'.repeat(2000) }] }),
    });
    using client = await ExtensionManagerClient.connect(endpoint, {
      limits: { messageBytes: 1000, stringBytes: 1000, entries: 100, depth: 10 },
    });
    await assert.rejects(client.query('select'), { code: 'MESSAGE_LIMIT' });
  });

  test('a value that is no text is refused before it is sent', async context => {
    const { client } = await managerClient(context);
    await assert.rejects(client.call('a', 'b', { n: 5 as unknown as string }), Error);
    assert.equal((await client.ping()).message, 'pong');
  });
});
