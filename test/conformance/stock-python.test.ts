import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { repositoryFile, Sandbox } from '../integration/harness.ts';
import { conform } from './conform.ts';
import { python } from './sdks.ts';

/** `osquery.SpawnInstance`, given our daemon. */
const spawnInstance = async (context: TestContext, program: string): Promise<void> => {
  const sandbox = Sandbox.for(context);
  const interpreter = join(dirname(program), '.venv', 'bin', 'python');
  const client = sandbox.start(interpreter, [
    repositoryFile('test', 'conformance', 'client.py'),
    repositoryFile('core', 'bin', 'outpostd.mjs'),
  ]);
  assert.deepEqual(await client.ended, { code: 0, signal: null }, client.stderr);
  assert.deepEqual(JSON.parse(client.stdout), {
    ping: 'pong',
    answer: [{ absent: '', answer: '42', umlaut: 'ü' }],
    failure: [1, 'no such table: nowhere'],
    columns: [{ pid: 'BIGINT' }, { name: 'TEXT' }],
    extensions: 0,
    verbose: 'bool',
  });
  await sandbox.emptied(5);
};

conform(python, { 'a program that starts its own agent': spawnInstance });
