import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  type ExtensionManagerHandler,
  type ExtensionResponse,
  type Server,
  serveManager,
  unixEndpoint,
} from '@outpost/protocol';
import type { SqlError } from '../../../core/src/shell/result.ts';
import { ManagerSource } from '../../../core/src/shell/source/remote.ts';
import { runInProcess, type ShellRun } from './host.ts';

const directory = mkdtempSync(join(tmpdir(), 'outpost-remote-'));
const socketPath = join(directory, 'm.em');
const asked: string[] = [];
let server: Server;

const success = { code: 0, message: 'OK', uuid: 0 };
const answer = (response: ExtensionResponse['response']): ExtensionResponse => ({ status: success, response });
const refuse = (): never => {
  throw new Error('not in this test');
};

const handler: ExtensionManagerHandler = {
  ping: () => success,
  call: refuse,
  shutdown: refuse,
  extensions: refuse,
  options: refuse,
  registerExtension: refuse,
  deregisterExtension: refuse,
  query: sql => {
    asked.push(sql);
    if (sql.includes('selec;'))
      return { status: { code: 1, message: 'near "selec": syntax error', uuid: 0 }, response: [] };
    if (sql.includes('endless')) return new Promise<ExtensionResponse>(() => undefined);
    return answer([{ b: '1.0', a: 'é' }, { a: '' }]);
  },
  getQueryColumns: () => answer([{ b: 'DOUBLE' }, { a: 'TEXT' }]),
};

before(async () => {
  server = await serveManager(unixEndpoint(socketPath), handler);
});
after(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

const connected = (argv: readonly string[], path = socketPath): Promise<ShellRun> =>
  runInProcess([`--connect=${path}`, ...argv], { openRemote: async () => new ManagerSource(path) });

test('rows come in the order of the columns, several statements one by one', async () => {
  asked.length = 0;
  const { stdout, exit } = await connected(['--list', 'select b, a from g; select 2;']);
  assert.equal(
    stdout.text,
    `Connected to extension socket ${socketPath} for debugging\nb|a\n1.0|é\n|\nb|a\n1.0|é\n|\n`,
  );
  assert.equal(exit, 0);
  assert.deepEqual(asked, ['select b, a from g;', ' select 2;']);
});

test("the manager's error is the error", async () => {
  const { stderr, exit } = await connected(['selec;']);
  assert.equal(stderr.text, 'Error: near "selec": syntax error\n');
  assert.equal(exit, 1);
});

test('a socket where nobody listens is named by the first statement', async () => {
  const { stdout, stderr, exit } = await connected(['select 1'], `${socketPath}.none`);
  assert.equal(stdout.text, `Connected to extension socket ${socketPath}.none for debugging\n`);
  assert.equal(stderr.text, `Error: Extension socket not available: ${socketPath}.none\n`);
  assert.equal(exit, 1);
});

test('a statement that does not end can be stopped', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  const stopped = new ManagerSource(socketPath).query('endless', controller.signal);
  await assert.rejects(stopped, (error: SqlError) => error.message === 'interrupted' && error.exitCode === 9);
});

test('.types asks for the columns', async () => {
  const columns = await new ManagerSource(socketPath).columns('select b, a from g');
  assert.deepEqual(columns, [
    { name: 'b', type: 'DOUBLE' },
    { name: 'a', type: 'TEXT' },
  ]);
});
