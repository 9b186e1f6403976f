import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Core } from '../../../core/src/agent/core.ts';
import { idleState, stateTableNames } from '../../../core/src/agent/state.ts';
import { stateTables } from '../../../core/src/agent/state-tables.ts';
import { superviseExtensions } from '../../../core/src/agent/supervision.ts';
import { rowsOf } from '../../../core/src/engine/rows.ts';
import { type FlagStore, parseFlags, programOf } from '../../../core/src/flags/index.ts';
import { StatusLog } from '../../../core/src/status.ts';

const flagsOf = (...argv: string[]): FlagStore => {
  const parsed = parseFlags(['--flagfile=', ...argv], programOf('outpostd', []));
  assert.ok(parsed.kind !== 'exit');
  return parsed.flags;
};

const silent = (): StatusLog => new StatusLog({ verbose: false, minStatus: 0, minStderr: 4, stderr: false });

const open = async (context: TestContext, ...argv: string[]): Promise<Core> => {
  const core = await Core.openQuickly(flagsOf(...argv), silent());
  context.after(() => core.close());
  return core;
};

test('the names of the tables about the agent are known before they are loaded', async context => {
  const core = await open(context);
  const loaded = stateTables(idleState(), core.flags, await core.loadRegistry()).map(({ name }) => name);
  assert.deepEqual(loaded, [...stateTableNames]);
});

test('a core that is opened quickly says so when its registry is used too early, and loads it once', async context => {
  const core = await open(context);
  assert.throws(() => core.registry, /before it is loaded/);
  const [first, second] = await Promise.all([core.loadRegistry(), core.loadRegistry()]);
  assert.equal(first, second);
  assert.equal(first, core.registry);
  assert.ok(first.has('table', 'time'));
});

test('tables that are off have names and handlers, and no statement uses them', async context => {
  const core = await open(context, '--disable_tables=time,osquery_info');
  await core.addStateTables();
  assert.ok(core.tableNames().includes('time') && core.tableNames().includes('osquery_info'));
  assert.ok(core.registry.has('table', 'time') && core.registry.has('table', 'osquery_info'));
  await assert.rejects(core.engine.query('select * from osquery_info', { lane: 'shell' }), /no such table/);
});

test('an extension that works on the call of a query thread, and answers no ping meanwhile, stays in service', {
  timeout: 30_000,
}, async context => {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-core-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const extension = fileURLToPath(new URL('./slow-extension-fixture.ts', import.meta.url));
  const core = await open(
    context,
    `--extensions_socket=${join(folder, 'em')}`,
    '--extensions_interval=0',
    '--allow_unsafe',
    '--extensions_autoload=',
    `--extension=${extension}`,
  );
  const manager = await core.startManager();
  const supervisor = superviseExtensions(core.flags, () => undefined);
  assert.ok(supervisor);
  context.after(() => supervisor.stop());
  assert.ok(await manager.waitForExtension('slow', 10_000));
  const states: string[] = [];
  manager.onEvent(({ to }) => states.push(to));
  const result = await core.engine.query('select a from slow', { lane: 'shell' });
  assert.deepEqual([...rowsOf(result)], [{ a: 1 }]);
  assert.ok(!states.includes('suspended') && !states.includes('dead'), states.join());
});
