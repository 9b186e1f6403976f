import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { isRunning, repositoryFile, Sandbox, until } from './harness.ts';

/** A program that starts the example extension, as a file of its own. */
const script = `#!/bin/sh\nexec node ${repositoryFile('examples', 'hello-table', 'hello.ts')} "$@"\n`;

test('an extension that is put into the directory is started, one that is removed is ended', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  const directory = sandbox.path('extensions');
  mkdirSync(directory, { mode: 0o755 });
  const autoload = sandbox.write('extensions.load', `${directory}\n`);
  sandbox.daemon(`--extensions_autoload=${autoload}`);
  await until('the agent', async () => (await sandbox.ask('select 1 from osquery_info'))[0]);

  const staged = sandbox.write('staged.ext', script);
  renameSync(staged, sandbox.path('extensions', 'hello.ext'));
  chmodSync(sandbox.path('extensions', 'hello.ext'), 0o755);
  const { pid = '' } = await until(
    'the new extension',
    async () => (await sandbox.ask("select pid from outpost_extensions where state = 'ready'"))[0],
  );
  assert.deepEqual(await sandbox.ask('select greeting from hello'), [{ greeting: 'Hello, world!' }]);

  rmSync(sandbox.path('extensions', 'hello.ext'));
  await until('the end of its process', () => !isRunning(Number(pid)) || undefined);
  writeFileSync(autoload, `${sandbox.path('elsewhere.ext')}\n`);
  cpSync(sandbox.write('copy.ext', script), sandbox.path('elsewhere.ext'));
  chmodSync(sandbox.path('elsewhere.ext'), 0o755);
  await until(
    'the extension that the file names now',
    async () => (await sandbox.ask("select pid from outpost_extensions where state = 'ready'"))[0],
  );
});
