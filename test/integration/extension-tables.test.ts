import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repositoryFile, Sandbox, until } from './harness.ts';

test('what happens to an extension, and what it says, are rows', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  sandbox.daemon(`--extension=${repositoryFile('examples', 'hello-table', 'hello.ts')}`, '--verbose');
  const ready = await until(
    'a ready extension',
    async () => (await sandbox.ask("select name, pid, tables from outpost_extensions where state = 'ready'"))[0],
  );
  assert.equal(ready.tables, 'hello');
  process.kill(Number(ready.pid), 'SIGKILL');
  await until(
    'a successor',
    async () =>
      (await sandbox.ask(`select 1 from outpost_extensions where state = 'ready' and pid <> ${ready.pid}`))[0],
  );
  const states = await sandbox.ask(
    `select old_state, new_state from outpost_extension_events where extension = '${ready.name}'`,
  );
  assert.deepEqual(states.slice(0, 2), [
    { new_state: 'started', old_state: '' },
    { new_state: 'starting', old_state: '' },
  ]);
  assert.ok(
    states.some(({ new_state }) => new_state === 'dead' || new_state === 'replaced'),
    JSON.stringify(states),
  );
  const lines = await until('the line about its end', async () => {
    const found = await sandbox.ask(
      "select extension, severity, message from outpost_extension_logs where message like '%SIGKILL%'",
    );
    return found.length > 0 ? found : undefined;
  });
  assert.deepEqual([lines[0]?.extension, lines[0]?.severity], ['hello', '1']);
});
