import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { isRunning, repositoryFile, Sandbox, until } from './harness.ts';

/** A program that starts the example extension, as a file of its own. */
const script = `#!/bin/sh\nexec node ${repositoryFile('examples', 'hello-table', 'hello.ts')} "$@"\n`;

/** A program that tells its version, then waits. */
const versioned = (version: number): string => `#!/bin/sh\necho version ${version}\nexec sleep 1000\n`;

test('a program that is replaced in place is started anew, whoever names it', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  const put = (name: string, version: number): string => {
    const staged = sandbox.write('staged', versioned(version));
    chmodSync(staged, 0o755);
    mkdirSync(sandbox.path('extensions'), { mode: 0o755, recursive: true });
    renameSync(staged, sandbox.path('extensions', name));
    return sandbox.path('extensions', name);
  };
  const autoload = sandbox.write('extensions.load', `${put('listed.ext', 1)}\n`);
  const daemon = sandbox.daemon(`--extensions_autoload=${autoload}`, `--extension=${put('named.ext', 1)}`);
  const said = (name: string, version: number): Promise<unknown> =>
    until(`version ${version} of ${name}`, async () => {
      const sql = `select 1 from outpost_extension_logs where extension = '${name}' and message = 'version ${version}'`;
      return (await sandbox.ask(sql))[0];
    });
  for (const name of ['listed', 'named']) await said(name, 1);
  for (const name of ['listed', 'named']) put(`${name}.ext`, 2);
  for (const name of ['listed', 'named']) await said(name, 2);
  writeFileSync(sandbox.path('extensions', 'listed.ext'), versioned(3));
  await said('listed', 3);
  assert.equal([...daemon.stderr.matchAll(/version 1/g)].length, 2, 'each was started once');
});

test('a script without packages of its own finds those of the agent', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  cpSync(repositoryFile('examples', 'hello-table', 'hello.ts'), sandbox.path('alone.ts'));
  sandbox.daemon(`--extension=${sandbox.path('alone.ts')}`);
  await until('a row', async () => (await sandbox.ask('select greeting from hello'))[0]);
});

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
