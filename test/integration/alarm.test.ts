import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultTables } from '../reliability/faults.ts';
import { repositoryFile, Sandbox, until } from './harness.ts';

const endless = 'with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c';
const queries = {
  endless,
  spins: 'select * from fault_spin',
  blocks: 'select * from fault_block',
  waits: 'select * from stubborn',
};

for (const flags of [[], ['--disable_watchdog']])
  test(`whatever hangs, a daemon ends in good order and blames nobody (${flags[0] ?? 'with a watcher'})`, async context => {
    const sandbox = Sandbox.for(context);
    const schedule = Object.fromEntries(Object.entries(queries).map(([name, query]) => [name, { query, interval: 1 }]));
    sandbox.write('outpost.conf', { schedule });
    const daemon = sandbox.daemon(
      `--plugins=${faultTables},${repositoryFile('test', 'integration', 'stuck-logger.ts')}`,
      '--logger_plugin=filesystem,stuck',
      '--allow_unsafe',
      `--extension=${repositoryFile('test', 'integration', 'stubborn-extension.ts')}`,
      '--extensions_require=stubborn',
      ...flags,
    );
    await until('all to run', async () => {
      const rows = await sandbox.ask("select name from outpost_schedule where running = '1'");
      return rows.length === Object.keys(queries).length || undefined;
    });
    daemon.process.kill('SIGTERM');
    assert.deepEqual(await daemon.ended, { code: 0, signal: null });
    assert.doesNotMatch(daemon.stderr, /could not be stopped|--alarm_timeout/);
    assert.deepEqual(sandbox.processes(), []);
    const next = sandbox.daemon('--disable_extensions=false', '--config_path=/nowhere', ...flags);
    await sandbox.pids();
    assert.deepEqual(await sandbox.ask('select query from outpost_quarantine'), []);
    next.process.kill('SIGTERM');
    assert.deepEqual(await next.ended, { code: 0, signal: null });
  });
