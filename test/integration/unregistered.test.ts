import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { test } from 'node:test';
import { Sandbox, until } from './harness.ts';

test('an extension that runs and never registers is told, with what it wrote last', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  const program = sandbox.write('mute.ext', '#!/bin/sh\necho "refused: no such luck" >&2\nexec sleep 1000\n');
  chmodSync(program, 0o755);
  const daemon = sandbox.daemon(`--extension=${program}`, '--extensions_timeout=1', '--extensions_require=mute');
  await daemon.says(
    /The extension mute: The process \d+ has not registered within 1 s\. Its last lines:\n .*\n? *refused/,
  );
  await daemon.says(
    /Required extension not found or not loaded: mute\. Its last lines:\n(.*\n)? *refused: no such luck/,
  );
  const row = await until('its row', async () => (await sandbox.ask('select * from outpost_extensions'))[0]);
  assert.deepEqual([row.name, row.state, row.program, row.uuid], ['mute', 'unregistered', program, '0']);
  const events = await sandbox.ask('select new_state, reason from outpost_extension_events');
  assert.deepEqual(
    events.map(({ new_state: state }) => state),
    ['started', 'unregistered'],
  );
  process.kill(Number(row.pid), 'SIGKILL');
  const end = await until(
    'the end among the events',
    async () => (await sandbox.ask("select reason from outpost_extension_events where new_state = 'ended'"))[0],
  );
  assert.match(end.reason ?? '', /was ended by SIGKILL after .* It is started again in 0 s\./);
});
