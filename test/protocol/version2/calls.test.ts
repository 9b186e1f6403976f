import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import {
  type CallContext,
  ExtensionClient2,
  type ExtensionHandler2,
  type ExtensionResponse,
  OutpostError,
  type Page,
  pagesOf,
  type ServerOptions,
  serveExtension,
} from '../../../protocol/src/index.ts';
import { freshEndpoint, gate, handlerWith, ok, RawClient, until } from '../sockets.ts';

const emptyPage: Page = { cursor: 0, more: false, rows: new Uint8Array(), warnings: [], columns: [], types: [] };

const handler2 = (changes: Partial<ExtensionHandler2> = {}): ExtensionHandler2 => ({
  ...handlerWith(),
  openRows: () => emptyPage,
  nextRows: () => emptyPage,
  closeRows: () => undefined,
  write: () => ({ rowId: 1 }),
  logLines: (_logger, lines) => ({ accepted: lines.length, failure: undefined }),
  ask: (registry, item, request) => ({ status: ok, response: [{ registry, item, ...request }] }),
  ...changes,
});

const connected = async (
  context: TestContext,
  changes: Partial<ExtensionHandler2> = {},
  options: ServerOptions = {},
) => {
  const endpoint = freshEndpoint(context);
  const server = await serveExtension(endpoint, handler2(changes), { closeTimeoutMs: 10, ...options });
  const client = await ExtensionClient2.connect(endpoint, { timeoutMs: 10_000 });
  context.after(async () => {
    client.close();
    await server.close();
  });
  return { client, server, endpoint };
};

const answered = (text: string): ExtensionResponse => ({ status: ok, response: [{ text }] });
const scan = { table: 't', columns: [], constraints: new Uint8Array(), limit: 0, order: [] };

suite('calls of version 2 on one connection', () => {
  test('are worked on side by side and answered as they are done', async context => {
    const gates = new Map(['a', 'b', 'c'].map(name => [name, gate()]));
    const { client, server } = await connected(context, {
      ask: async (_registry, item) => {
        await gates.get(item)?.opened;
        return answered(item);
      },
    });
    const order: string[] = [];
    const calls = ['a', 'b', 'c'].map(async item => {
      const { response } = await client.ask('table', item, {});
      order.push(response[0]?.text ?? '');
    });
    await until(() => server.statistics.calls === 3);
    for (const item of ['c', 'a', 'b']) {
      gates.get(item)?.open();
      await until(() => order.at(-1) === item);
    }
    await Promise.all(calls);
    assert.deepEqual(order, ['c', 'a', 'b']);
    await until(() => server.statistics.calls === 0);
  });

  test('do not wait for calls of version 1, which keep their order', async context => {
    const first = gate();
    const seen: string[] = [];
    const { client } = await connected(context, {
      call: async (_registry, item) => {
        seen.push(item);
        if (item === 'first') await first.opened;
        return answered(item);
      },
    });
    const answers: string[] = [];
    await client.ask('table', 'x', {}); // from here on the server knows that this connection speaks version 2
    const slow = ['first', 'second', 'third'].map(async item => {
      answers.push((await client.call('table', item, {})).response[0]?.text ?? '');
    });
    await until(() => seen.length === 1);
    assert.equal((await client.ask('table', 'quick', {})).response[0]?.item, 'quick');
    assert.deepEqual(answers, []);
    first.open();
    await Promise.all(slow);
    assert.deepEqual(answers, ['first', 'second', 'third']);
  });

  test('fail with the words of the other side, and the connection goes on', async context => {
    const { client } = await connected(context, {
      openRows: () => {
        throw new OutpostError('UNKNOWN_CURSOR', { cursor: 7 });
      },
      write: () => {
        throw new Error('no more disk');
      },
    });
    await assert.rejects(client.openRows(scan, 0), {
      code: 'UNKNOWN_CURSOR',
      message: 'The connection has no cursor 7.',
    });
    await assert.rejects(client.write({ table: 't', kind: 3, rowId: 1, newRowId: 0, values: new Uint8Array() }), {
      code: 'PLUGIN_FAILED',
      message: 'no more disk',
      source: 'plugin',
    });
    assert.equal((await client.ping()).message, 'pong');
  });

  test('a logger that took some of the lines says so', async context => {
    const { client } = await connected(context, {
      logLines: () => ({ accepted: 1, failure: new OutpostError('PLUGIN_FAILED', { message: 'full' }) }),
    });
    const lines = ['a', 'b'].map(line => ({ kind: 0, line: Buffer.from(line) }));
    const { accepted, failure } = await client.logLines('l', lines);
    assert.equal(accepted, 1);
    assert.equal(failure?.message, 'full');
  });

  test('end at their deadline, there and here, and the connection goes on', async context => {
    const reasons: unknown[] = [];
    const { client, server } = await connected(context, {
      nextRows: (_cursor, _bytes, { signal }) =>
        new Promise(() => signal.addEventListener('abort', () => reasons.push(signal.reason))),
    });
    await assert.rejects(client.nextRows(1, 0, { timeoutMs: 30 }), { code: 'CALL_DEADLINE' });
    await until(() => reasons.length === 1 && server.statistics.calls === 0);
    assert.equal(server.statistics.givenUp, 1);
    assert.equal((await client.ask('a', 'b', {})).response[0]?.registry, 'a');
  });

  test('a server has a limit of its own', async context => {
    const { client } = await connected(
      context,
      { nextRows: () => new Promise(() => undefined) },
      { callTimeoutMs: 20 },
    );
    await assert.rejects(client.nextRows(1, 0), {
      code: 'CALL_DEADLINE',
      message: /nextRows at .* within 0.02 seconds/,
    });
  });

  test('are cancelled by their signal', async context => {
    const contexts: CallContext[] = [];
    const { client, server } = await connected(context, {
      ask: (_registry, _item, _request, call) => {
        contexts.push(call);
        return new Promise(() => undefined);
      },
    });
    const controller = new AbortController();
    const call = client.ask('a', 'b', {}, { signal: controller.signal });
    await until(() => contexts.length === 1);
    controller.abort();
    await assert.rejects(call, { code: 'CALL_CANCELLED' });
    await until(() => contexts[0]?.signal.aborted === true && server.statistics.calls === 0);
    await assert.rejects(client.ask('a', 'b', {}, { signal: controller.signal }), { code: 'CALL_CANCELLED' });
    assert.equal(contexts.length, 1, 'what was cancelled before it began is not sent');
  });

  test('end with their connection', async context => {
    const contexts: CallContext[] = [];
    const { client } = await connected(context, {
      ask: (_registry, _item, _request, call) => {
        contexts.push(call);
        return new Promise(() => undefined);
      },
    });
    const call = client.ask('a', 'b', {});
    await until(() => contexts.length === 1);
    client.close();
    await assert.rejects(call, { code: 'EXTENSION_CALL_FAILED' });
    await until(() => contexts[0]?.signal.aborted === true && contexts[0].connection.ended.aborted);
    await assert.rejects(client.ask('a', 'b', {}), { code: 'EXTENSION_CALL_FAILED' });
  });

  test('a client has 64 unanswered and lets 1,024 wait', async context => {
    const all = gate();
    const { client, server } = await connected(context, {
      ask: async (_registry, item) => {
        await all.opened;
        return answered(item);
      },
    });
    const calls = Array.from({ length: 64 + 1024 }, (_, index) => client.ask('t', String(index), {}));
    await until(() => server.statistics.calls === 64);
    await assert.rejects(client.ask('t', 'one too many', {}), { code: 'TOO_MANY_CALLS' });
    all.open();
    const texts = (await Promise.all(calls)).map(({ response }) => response[0]?.text);
    assert.deepEqual(texts, texts.keys().map(String).toArray());
    assert.ok(server.statistics.requests === 64 + 1024);
  });

  test('pages are asked for while the one before is used, and a reader that stops closes the cursor', async context => {
    const asked: number[] = [];
    const closed: number[] = [];
    const { client } = await connected(context, {
      openRows: () => ({ ...emptyPage, cursor: 5, more: true, rows: Buffer.of(0) }),
      nextRows: cursor => {
        asked.push(cursor);
        return { ...emptyPage, cursor, more: asked.length < 3, rows: Buffer.of(asked.length) };
      },
      closeRows: cursor => void closed.push(cursor),
    });
    const pages = [];
    for await (const { rows } of pagesOf(client, await client.openRows(scan, 1), 1)) pages.push(rows[0]);
    assert.deepEqual([pages, asked, closed], [[0, 1, 2, 3], [5, 5, 5], []]);
    asked.length = 0;
    for await (const _page of pagesOf(client, await client.openRows(scan, 1), 1)) break;
    await until(() => closed.length === 1);
    assert.deepEqual(closed, [5]);
  });
});

const frame = (method: string, id: number, fields: string, kind = '01'): string =>
  `800100${kind}${method.length.toString(16).padStart(8, '0')}${Buffer.from(method).toString('hex')}${id.toString(16).padStart(8, '0')}${fields}`;

suite('a server before clients of version 2 that misbehave', () => {
  test('more calls than a connection may have are refused, each by its id', async context => {
    const { server, endpoint } = await connected(context, { nextRows: () => new Promise(() => undefined) });
    using raw = new RawClient(endpoint);
    const calls = Array.from({ length: 150 }, (_, index) => frame('nextRows', index + 1, '00'));
    raw.send(calls.join(''));
    await until(() => server.statistics.overloaded === 150 - 128);
    await until(() => (raw.received.match(/544f4f5f4d414e595f43414c4c53/g)?.length ?? 0) === 22);
    raw.send(frame('cancel', 0, `080001${'00000001'}00`, '04'));
    await until(() => raw.received.includes(Buffer.from('CALL_CANCELLED').toString('hex')));
  });

  test('one that reads no answers is not listened to any more, and loses its connection', async context => {
    const large = { ...emptyPage, rows: Buffer.alloc(1_000_000) };
    const { server, endpoint } = await connected(context, { nextRows: () => large }, { messageTimeoutMs: 300 });
    using raw = new RawClient(endpoint);
    raw.socket.pause();
    for (let id = 1; id <= 5000; id++) raw.send(frame('nextRows', id, '00'));
    await until(() => server.statistics.calls >= 128);
    assert.ok(server.statistics.calls <= 256);
    await until(() => server.statistics.timedOut > 0);
    assert.ok(server.statistics.requests < 5000);
  });

  test('an id that is in use ends the connection', async context => {
    const { server, endpoint } = await connected(context, { nextRows: () => new Promise(() => undefined) });
    using raw = new RawClient(endpoint);
    raw.send(frame('nextRows', 9, '00') + frame('nextRows', 9, '00'));
    await raw.closed;
    assert.equal(server.statistics.rejected, 1);
  });

  test('notices that mean nothing are passed over', async context => {
    const { client, endpoint } = await connected(context);
    using raw = new RawClient(endpoint);
    raw.send(frame('cancel', 0, '080001000000ff00', '04') + frame('closeRows', 0, '00', '04') + frame('ping', 3, '00'));
    await until(() => raw.received.includes(Buffer.from('pong').toString('hex')));
    assert.equal((await client.ping()).code, 0);
  });

  test('a stock extension does not know the methods', async context => {
    const endpoint = freshEndpoint(context);
    await using _server = await serveExtension(endpoint, handlerWith(), { closeTimeoutMs: 10 });
    using client = await ExtensionClient2.connect(endpoint);
    await assert.rejects(client.ask('a', 'b', {}), { message: "Extension call failed: Invalid method name: 'ask'" });
    assert.equal((await client.ping()).message, 'pong');
  });
});
