import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isRunning, killHard, repositoryFile, Sandbox, until } from './harness.ts';

/** An extension that starts a process which leaves its group, and tells its pid in a file. */
const script = (pidFile: string): string =>
  `#!/bin/sh\nsetsid sleep 1000 &\necho $! > ${pidFile}\nexec node ${repositoryFile('examples', 'hello-table', 'hello.ts')} "$@"\n`;

const begin = async (context: { after(end: () => Promise<void>): void }) => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  const pidFile = sandbox.path('pid');
  const extension = sandbox.write('parent.ext', script(pidFile));
  chmodSync(extension, 0o755);
  const daemon = sandbox.daemon(`--extension=${extension}`);
  const { pid } = await until(
    'the extension',
    async () => (await sandbox.ask("select pid from outpost_extensions where state = 'ready'"))[0],
  );
  const child = Number(readFileSync(pidFile, 'utf8'));
  assert.ok(isRunning(child) && isRunning(Number(pid)));
  return { sandbox, daemon, extension, child };
};

test('what an extension has started ends with a watcher that is killed', async context => {
  const { sandbox, daemon, child } = await begin(context);
  killHard(daemon.pid);
  await until('the end of what the extension has started', () => !isRunning(child) || undefined);
  await sandbox.emptied(8);
});

test('what is left when watcher and worker are killed at once is ended by the next agent', async context => {
  const { sandbox, daemon, extension, child } = await begin(context);
  const { worker } = await sandbox.pids();
  killHard(worker);
  killHard(daemon.pid);
  await daemon.ended;
  const next = sandbox.daemon(`--extension=${extension}`);
  await next.says(/Killed what an earlier agent has left behind: /);
  await until('the end of what the extension had started', () => !isRunning(child) || undefined);
});
