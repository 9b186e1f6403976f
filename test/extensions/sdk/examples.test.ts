import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type FakeManager, fakeManager, rowsOf } from '@outpost/sdk/testing';
import { hello } from '../../../examples/hello-table/hello.ts';

const repository = join(import.meta.dirname, '../../..');
const directory = await mkdtemp(join(tmpdir(), 'examples-'));
after(() => rm(directory, { recursive: true }));

/** Runs an example against a manager, and ends it as an agent does. */
async function withExample(
  name: string,
  file: string,
  variables: Record<string, string>,
  use: (manager: FakeManager, uuid: number, child: ChildProcess) => Promise<void>,
): Promise<void> {
  await using manager = await fakeManager();
  const argv = [join(repository, 'examples', file), '--socket', manager.socket, '--interval', '0.2', '--verbose'];
  const child = spawn(process.execPath, argv, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...variables },
  });
  const ended = once(child, 'exit');
  try {
    const uuid = await manager.registered(name);
    await use(manager, uuid, child);
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
    assert.deepEqual(manager.extensions, []);
    assert.equal(existsSync(`${manager.socket}.${uuid}`), false);
  } finally {
    child.kill('SIGKILL');
  }
}

test('hello-table greets in process and behind its socket', async () => {
  assert.equal((await rowsOf(hello))[0]?.greeting, 'Hello, world!');
  await withExample('hello', 'hello-table/hello.ts', {}, async (manager, uuid) => {
    const context = JSON.stringify({ constraints: [{ name: 'name', list: [{ op: 2, expr: 'you' }] }] });
    const { response } = await manager.call(uuid, 'table', 'hello', { action: 'generate', context });
    assert.deepEqual(response, [{ name: 'you', greeting: 'Hello, you!', length: '11' }]);
  });
});

test('logger-file writes the lines it is given', async () => {
  const path = join(directory, 'lines');
  await withExample('logger-file', 'logger-file/logger.ts', { LOGGER_FILE: path }, async (manager, uuid) => {
    const log = (request: Record<string, string>) => manager.call(uuid, 'logger', 'file_example', request);
    assert.equal((await log({ action: 'features' })).status.code, 1);
    assert.equal((await log({ string: '{"a":1}' })).status.code, 0);
    assert.equal((await log({ snapshot: '{"b":2}' })).status.code, 0);
    await log({ status: 'true', log: '[{"s":2,"m":"broken"}]' });
    assert.equal(await readFile(path, 'utf8'), '{"a":1}\n{"b":2}\n{"severity":2,"message":"broken"}\n');
  });
});

test('config-file hands out its file', async () => {
  const path = join(directory, 'outpost.conf');
  await writeFile(path, '{"schedule":{}}');
  await withExample('config-file', 'config-file/config.ts', { CONFIG_FILE: path }, async (manager, uuid) => {
    const { response } = await manager.call(uuid, 'config', 'file_example', { action: 'genConfig' });
    assert.deepEqual(response, [{ [path]: '{"schedule":{}}' }]);
    await rm(path);
    const { status } = await manager.call(uuid, 'config', 'file_example', { action: 'genConfig' });
    assert.match(status.message, /ENOENT/);
  });
});

test('distributed-file hands out queries once and keeps their results', async () => {
  const path = join(directory, 'queries.json');
  await writeFile(path, '{"queries":{"who":"select 1"}}');
  await withExample(
    'distributed-file',
    'distributed-file/distributed.ts',
    { QUERIES_FILE: path },
    async (manager, uuid) => {
      const call = (request: Record<string, string>) => manager.call(uuid, 'distributed', 'file_example', request);
      assert.deepEqual((await call({ action: 'getQueries' })).response, [
        { results: '{"queries":{"who":"select 1"}}' },
      ]);
      assert.deepEqual((await call({ action: 'getQueries' })).response, [{ results: '{"queries":{}}' }]);
      await call({ action: 'writeResults', results: '{"queries":{"who":[{"1":"1"}]},"statuses":{"who":0}}' });
      const written: unknown = JSON.parse(await readFile(`${path}.results`, 'utf8'));
      assert.deepEqual(written, [{ id: 'who', rows: [{ '1': '1' }], status: 0, message: '' }]);
    },
  );
});

test('the guide shows the examples as they are', () => {
  const guide = readFileSync(join(repository, 'docs/guides/extensions.md'), 'utf8');
  const blocks = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
  const example = (name: string) => readFileSync(join(repository, 'examples/hello-table', name), 'utf8');
  assert.deepEqual(blocks, [example('hello.ts'), example('hello.test.ts')]);
  for (const [, path = ''] of guide.matchAll(/\]\((\.\.[^)]*)\)/g))
    assert.ok(existsSync(join(repository, 'docs/guides', path)), path);
});

test('an example that an agent started ends with the agent', async () => {
  const manager = await fakeManager();
  const argv = [join(repository, 'examples/hello-table/hello.ts'), '--socket', manager.socket, '--timeout', '0.3'];
  const env = { ...process.env, OSQUERY_EXTENSION: '1' };
  const child = spawn(process.execPath, [...argv, '--interval', '0.2'], { stdio: 'inherit', env });
  const ended = once(child, 'exit');
  await manager.registered('hello');
  await manager.close();
  assert.deepEqual(await ended, [0, null]);
});

test('an example without a socket says what is missing and fails', async () => {
  const path = join(repository, 'examples/hello-table/hello.ts');
  const child = spawn(process.execPath, [path], { stdio: ['ignore', 'ignore', 'pipe'] });
  const [errors, [code]] = await Promise.all([child.stderr.toArray(), once(child, 'exit')]);
  assert.match(Buffer.concat(errors as Buffer[]).toString(), /The extension hello cannot start: --socket is missing\./);
  assert.equal(code, 1);
});
