import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { ExtensionManagerClient, unixEndpoint } from '@outpost/protocol';
import { repositoryFile, Sandbox, until } from './harness.ts';

/** A program that starts the example extension once a file is there. */
const waiting = (file: string): string =>
  `#!/bin/sh\nwhile [ ! -e ${file} ]; do sleep 0.05; done\nexec node ${repositoryFile('examples', 'hello-table', 'hello.ts')} "$@"\n`;

test('a query on a table that a manifest announces waits for its extension, and no longer than it may', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  const program = sandbox.write('hello.ext', waiting(sandbox.path('go')));
  chmodSync(program, 0o755);
  sandbox.write('hello.ext.manifest.json', { name: 'hello', tables: ['hello'] });
  sandbox.daemon(`--extension=${program}`, '--extensions_timeout=2');
  await sandbox.pids();
  const began = performance.now();
  await assert.rejects(
    sandbox.ask('select greeting from hello'),
    /The extension hello, which brings the table hello, has not registered yet/,
  );
  assert.ok(performance.now() - began >= 1900, 'it was waited for');
  await assert.rejects(sandbox.ask('delete from hello'), /has not registered yet/);

  const client = await ExtensionManagerClient.connect(unixEndpoint(sandbox.socket), { timeoutMs: 20_000 });
  context.after(() => client.close());
  const asked = client.query("select greeting from hello where name = 'you'");
  sandbox.write('go', '');
  const { status, response } = await asked;
  assert.deepEqual([status.message, response], ['OK', [{ greeting: 'Hello, you!' }]]);
});

test('the manifest of a program that comes after the start counts, and goes with it', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  mkdirSync(sandbox.path('extensions'), { mode: 0o755 });
  const autoload = sandbox.write('extensions.load', `${sandbox.path('extensions')}\n`);
  sandbox.daemon(`--extensions_autoload=${autoload}`, '--extensions_timeout=1');
  await sandbox.pids();
  await assert.rejects(sandbox.ask('select 1 from hello'), /no such table: hello/);
  sandbox.write('extensions/hello.ext.manifest.json', { name: 'hello', tables: ['hello'] });
  const program = sandbox.write('extensions/hello.ext', waiting(sandbox.path('go')));
  chmodSync(program, 0o755);
  const failing = (words: RegExp): Promise<true> =>
    until(`an error like ${words}`, () =>
      sandbox.ask('select 1 from hello').then(
        () => undefined,
        error => words.test(error.message) || undefined,
      ),
    );
  await failing(/The extension hello, which brings the table hello, has not registered yet/);
  rmSync(program);
  await failing(/no such table: hello/);
});

test('a manifest that is no use is told, and the extension runs without', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  sandbox.write('go', '');
  const program = sandbox.write('hello.ext', waiting(sandbox.path('go')));
  chmodSync(program, 0o755);
  sandbox.write('hello.ext.manifest.json', { name: 'hello', tables: 'hello' });
  const daemon = sandbox.daemon(`--extension=${program}`);
  await daemon.says(/hello\.ext\.manifest\.json is no use: its "tables" must be a list of texts/);
  await until('a row', async () => (await sandbox.ask('select greeting from hello'))[0]);
});
