import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Store } from '../../../core/src/storage/store.ts';
import { packText, packValue } from '../../../core/src/storage/values.ts';

const run = (program: string, ...args: string[]) => {
  const command = fileURLToPath(new URL(`../../../core/bin/${program}.mjs`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
};

const listing = (path: string) => ['store', 'inspect', '--path', path, 'configurations'];

test('the database of a running agent is looked into without disturbing it', async context => {
  const directory = mkdtempSync(join(tmpdir(), 'inspect-'));
  const path = join(directory, 'db');
  const store = await Store.open(path, { onNotice: assert.fail });
  context.after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  await store.batch([
    { type: 'put', domain: 'configurations', key: 'interval.a', value: packText('60:61') },
    { type: 'put', domain: 'configurations', key: 'interval.b', value: packText('é'.repeat(400)) },
    { type: 'put', domain: 'configurations', key: 'nodeKey', value: packText('very secret') },
    { type: 'put', domain: 'outbox_state', key: 'ledger', value: packValue({ position: 7 }) },
  ]);
  const inspect = (...args: string[]) => run('outpost', 'store', 'inspect', '--path', path, ...args);

  assert.match(inspect().stdout, /^configurations +3 +\d+\n/m);
  const { stdout } = inspect('configurations');
  assert.match(stdout, /^configurations\[interval\.a\]: 60:61\n/);
  assert.match(stdout, /\(400 characters\)\n/);
  assert.doesNotMatch(stdout, /very secret/);
  assert.equal(inspect('outbox_state').stdout, 'outbox_state[ledger]: {"position":7}\n');
  assert.equal(inspect('configurations', '--prefix', 'interval.b', '--whole').stdout.length, 429);
  assert.deepEqual(inspect('nothing').status, 1);

  const dump = run('outpostd', '--flagfile=', '--database_dump', `--database_path=${path}`);
  assert.equal(dump.status, 0, dump.stderr);
  assert.match(dump.stdout, /^configurations\[interval\.a\]: 60:61$/m);
  assert.doesNotMatch(dump.stdout, /very secret/);
  await store.batch([{ type: 'put', domain: 'configurations', key: 'after', value: packText('1') }]);
  assert.deepEqual(readdirSync(directory), ['db'], 'no copy is left behind');
});

test('a reader who goes away ends the listing in silence, and no copy is left behind', async context => {
  const directory = mkdtempSync(join(tmpdir(), 'inspect-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'db');
  const store = await Store.open(path, { onNotice: assert.fail });
  await store.batch(
    Array.from({ length: 5000 }, (_, number) => ({
      type: 'put',
      domain: 'configurations',
      key: String(number),
      value: packText('x'.repeat(200)),
    })),
  );
  await store.close();
  const command = fileURLToPath(new URL('../../../core/bin/outpost.mjs', import.meta.url));
  const piped = spawnSync('sh', ['-c', '"$@" | head -n 1', 'sh', process.execPath, command, ...listing(path)], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.match(piped.stdout, /^configurations\[0\]: x+\n$/);
  assert.equal(piped.stderr, '');
  assert.deepEqual(readdirSync(directory), ['db']);
});

test('where there is no database, that is said', () => {
  const { status, stderr } = run('outpost', 'store', 'inspect', '--path', '/nonexistent/db');
  assert.equal(status, 1);
  assert.match(stderr, /\/nonexistent\/db/);
  assert.doesNotMatch(stderr, /\n {4}at /);
});
