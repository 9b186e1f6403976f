import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { killHard, Sandbox, until } from './harness.ts';
import { askLive, extensionPid, extensionsReady, startMainJob } from './main-job.ts';
import { replay } from './replay.ts';

const filesIn = (sandbox: Sandbox): string[] =>
  replay(sandbox.lines('results.log'), 'watched_files')
    .rows.map(({ filename, size }) => `${filename} ${size}`)
    .toSorted();

const logSays = (sandbox: Sandbox, ...files: string[]): Promise<unknown> =>
  until(`${files.join()} in the log`, () => (filesIn(sandbox).join() === files.join() ? true : undefined));

test('rows reach the logger extension, a live query its answer, and SIGTERM ends all', async context => {
  const sandbox = Sandbox.for(context);
  const daemon = startMainJob(sandbox);
  await extensionsReady(sandbox);
  writeFileSync(sandbox.path('watched', 'a'), 'xyz');
  await logSays(sandbox, 'a 3');
  writeFileSync(sandbox.path('watched', 'a'), 'xyzz');
  await logSays(sandbox, 'a 4');
  askLive(sandbox, 'live-1', 'select 6 * 7 as answer');
  const answer = sandbox.path('spool', 'results', 'live-1.json');
  await until('the answer of the live query', () => existsSync(answer));
  assert.match(readFileSync(answer, 'utf8'), /"answer":\s*"42"/);
  assert.equal(sandbox.processes().length, 6, 'watcher, worker, four extensions');
  daemon.process.kill('SIGTERM');
  assert.deepEqual(await daemon.ended, { code: 0, signal: null });
  await sandbox.emptied(5);
  const left = readdirSync(sandbox.directory).filter(name => name.startsWith('outpost.em') || name.endsWith('.pid'));
  assert.deepEqual(left, []);
});

test('lines wait for a logger extension that was killed', async context => {
  const sandbox = Sandbox.for(context);
  startMainJob(sandbox);
  await extensionsReady(sandbox);
  writeFileSync(sandbox.path('watched', 'a'), 'x');
  await logSays(sandbox, 'a 1');
  const logger = await extensionPid(sandbox, 'logger');
  killHard(logger);
  writeFileSync(sandbox.path('watched', 'b'), 'xx');
  writeFileSync(sandbox.path('watched', 'a'), 'xxx');
  await logSays(sandbox, 'a 3', 'b 2');
  assert.notEqual(await extensionPid(sandbox, 'logger'), logger);
});

test('nothing outlives a watcher that was killed', async context => {
  const sandbox = Sandbox.for(context);
  const daemon = startMainJob(sandbox);
  await extensionsReady(sandbox);
  writeFileSync(sandbox.path('watched', 'a'), 'x');
  await logSays(sandbox, 'a 1');
  daemon.process.kill('SIGKILL');
  await daemon.ended;
  await sandbox.emptied(8);
});

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`a daemon that waits for an extension ends at once after ${signal} of the watcher`, async context => {
    const sandbox = Sandbox.for(context);
    const daemon = sandbox.daemon('--config_plugin=nobody', '--extensions_timeout=60');
    await until('the socket', () => existsSync(sandbox.socket));
    daemon.process.kill(signal);
    assert.deepEqual(await daemon.ended, signal === 'SIGTERM' ? { code: 0, signal: null } : { code: null, signal });
    await sandbox.emptied(5);
  });
}

test('a daemon without a watcher that is killed leaves no extension behind', async context => {
  const sandbox = Sandbox.for(context);
  const daemon = startMainJob(sandbox, '--disable_watchdog');
  await extensionsReady(sandbox);
  writeFileSync(sandbox.path('watched', 'a'), 'x');
  await logSays(sandbox, 'a 1');
  daemon.process.kill('SIGKILL');
  await daemon.ended;
  await sandbox.emptied(8);
});

test('the demonstration shows rows and an answer, and leaves nothing running', async context => {
  const sandbox = Sandbox.for(context);
  const demo = sandbox.run('examples/demo/main.ts', ['--seconds', '8']);
  assert.deepEqual(await demo.ended, { code: 0, signal: null }, demo.stderr);
  assert.match(demo.stdout, /added\s+watched_files/);
  assert.match(demo.stdout, /added\s+sleepers/);
  assert.match(demo.stdout, /answer .*"codename":/);
  await sandbox.emptied(5);
});
