import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Sandbox, until } from './harness.ts';

const config = {
  schedule: { changing: { query: 'select unix_time || hex(randomblob(100)) as x from time', interval: 1 } },
};

/** The counter of the last line in the file of results. */
const counterOf = (sandbox: Sandbox): number => sandbox.lines('outpostd.results.log').at(-1)?.counter ?? -1;

const moreLines = async (sandbox: Sandbox): Promise<void> => {
  const before = counterOf(sandbox);
  await until('more lines', () => counterOf(sandbox) > before + 2);
};

test('standard output and error that are closed keep the daemon from nothing, and the log says so', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', config);
  const daemon = sandbox.daemon('--logger_plugin=stdout,filesystem', '--verbose');
  const { worker } = await sandbox.pids();
  await moreLines(sandbox);
  for (const stream of [daemon.process.stdout, daemon.process.stderr]) stream?.destroy();
  await moreLines(sandbox);
  const warnings = sandbox.path('outpostd.WARNING');
  await until(
    'a word about the logger',
    () => existsSync(warnings) && /The logger stdout did not take its lines/.test(readFileSync(warnings, 'utf8')),
  );
  await moreLines(sandbox);
  assert.equal((await sandbox.pids()).worker, worker);
  daemon.process.kill('SIGTERM');
  assert.deepEqual(await daemon.ended, { code: 0, signal: null });
});
