import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { type Endpoint, ExtensionClient, serveExtension, unixEndpoint } from '../../../protocol/src/index.ts';
import { freshEndpoint, gate, handlerWith, ok, RawClient, until } from '../sockets.ts';

const serve = (endpoint: Endpoint) => serveExtension(endpoint, handlerWith(), { closeTimeoutMs: 50 });

/** Leaves the socket of a process that was killed. */
const leaveStale = ({ path }: Endpoint): void => {
  const code = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', code]);
  assert.ok(lstatSync(path).isSocket());
};

suite('socket of a server', () => {
  test('is for its owner only, whatever the umask, which stays', async context => {
    const umask = process.umask(0);
    context.after(() => process.umask(umask));
    const endpoint = freshEndpoint(context);
    await using server = await serve(endpoint);
    assert.equal(lstatSync(endpoint.path).mode & 0o777, 0o600);
    assert.ok(lstatSync(endpoint.path).isSocket());
    assert.equal(process.umask(), 0);
    assert.equal(server.endpoint, endpoint);
  });

  test('goes when the server is closed, once and for all', async context => {
    const endpoint = freshEndpoint(context);
    const server = await serve(endpoint);
    await Promise.all([server.close(), server.close()]);
    assert.equal(existsSync(endpoint.path), false);
    await server.close();
  });

  test('replaces one that a killed process left', async context => {
    const endpoint = freshEndpoint(context);
    leaveStale(endpoint);
    await using _server = await serve(endpoint);
    using client = await ExtensionClient.connect(endpoint);
    assert.equal((await client.ping()).message, 'pong');
  });

  test('never takes one that somebody listens on', async context => {
    const endpoint = freshEndpoint(context);
    await using first = await serve(endpoint);
    await assert.rejects(serve(endpoint), { code: 'SOCKET_IN_USE', message: /Another process listens on the socket/ });
    using client = await ExtensionClient.connect(first.endpoint);
    assert.equal((await client.ping()).message, 'pong');
  });

  test('leaves a stale one of another user alone', { skip: process.geteuid?.() !== 0 }, async context => {
    const endpoint = freshEndpoint(context);
    leaveStale(endpoint);
    chownSync(endpoint.path, 12_345, 12_345);
    await assert.rejects(serve(endpoint), { code: 'SOCKET_PATH_OCCUPIED', message: /the user 12345 owns the socket/ });
    assert.ok(lstatSync(endpoint.path).isSocket());
  });

  test('takes the place of an empty file, which somebody made to reserve the path', async context => {
    const endpoint = freshEndpoint(context);
    writeFileSync(endpoint.path, '');
    await using _server = await serve(endpoint);
    using client = await ExtensionClient.connect(endpoint);
    assert.equal((await client.ping()).message, 'pong');
  });

  test('leaves an empty file of another user alone', { skip: process.geteuid?.() !== 0 }, async context => {
    const endpoint = freshEndpoint(context);
    writeFileSync(endpoint.path, '');
    chownSync(endpoint.path, 12_345, 12_345);
    await assert.rejects(serve(endpoint), { code: 'SOCKET_PATH_OCCUPIED' });
  });

  for (const [what, make] of Object.entries({
    'a file': (path: string) => writeFileSync(path, 'precious'),
    'a directory': (path: string) => mkdirSync(path),
    'a link': (path: string) => symlinkSync('/dev/null', path),
  })) {
    test(`never removes ${what}`, async context => {
      const endpoint = freshEndpoint(context);
      make(endpoint.path);
      const before = lstatSync(endpoint.path).ino;
      await assert.rejects(serve(endpoint), {
        code: 'SOCKET_PATH_OCCUPIED',
        message: /a file of another kind is there/,
      });
      assert.equal(lstatSync(endpoint.path).ino, before);
    });
  }

  test('needs its directory', async () => {
    await assert.rejects(serve(unixEndpoint('/nowhere/at/all')), {
      code: 'SOCKET_UNUSABLE',
      message: /cannot be made/,
    });
  });
});

suite('closing a server', () => {
  test('lets a request in work end, and no other begin', async context => {
    const { opened, open: answer } = gate();
    const handler = { ...handlerWith(), ping: () => opened.then(() => ok) };
    const server = await serveExtension(freshEndpoint(context), handler);
    using client = await ExtensionClient.connect(server.endpoint);
    const first = client.ping();
    const second = assert.rejects(client.ping(), { message: 'Extension call failed: No more data to read.' });
    await until(() => server.statistics.requests === 1);
    const closed = server.close();
    answer();
    assert.deepEqual(await first, ok);
    await Promise.all([second, closed]);
  });

  test('does not wait for a handler that never ends', async context => {
    const handler = { ...handlerWith(), ping: () => new Promise<never>(() => undefined) };
    const server = await serveExtension(freshEndpoint(context), handler, { closeTimeoutMs: 50 });
    using client = await ExtensionClient.connect(server.endpoint);
    const unanswered = assert.rejects(client.ping(), { code: 'EXTENSION_CALL_FAILED' });
    await until(() => server.statistics.requests === 1);
    await server.close();
    await unanswered;
  });

  test('ends idle connections', async context => {
    const server = await serve(freshEndpoint(context));
    using idle = new RawClient(server.endpoint);
    await until(() => server.statistics.connections === 1);
    await server.close();
    await idle.closed;
  });
});
