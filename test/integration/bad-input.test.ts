import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { Sandbox, until } from './harness.ts';

const uptime = { query: 'select 1 as one', interval: 1 };
const schedule = { schedule: { good: uptime } };
const logged = (sandbox: Sandbox, name = 'good'): Promise<unknown> =>
  until('a logged row', () => sandbox.lines('outpostd.results.log').find(line => line.name === name));

test('a configuration that is no JSON is named with line and column; the daemon goes on', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', '{\n  "schedule": {\n    "a": { "query" "select 1" }\n  }\n}\n');
  const daemon = sandbox.daemon();
  await daemon.says(/outpost\.conf:3:\d+/);
  assert.deepEqual(await until('an answer', () => sandbox.ask('select 1 as one')), [{ one: '1' }]);
});

test('bad SQL in the schedule is named, and the other queries run', async context => {
  const sandbox = Sandbox.for(context);
  const schedules = { good: uptime, bad: { query: 'select name from nowhere', interval: 1 } };
  sandbox.write('outpost.conf', { schedule: schedules });
  const daemon = sandbox.daemon();
  await logged(sandbox);
  assert.match(await daemon.says(/.*nowhere.*/), /bad/);
});

test('an unknown flag ends with 1 and the nearest known one', async context => {
  const sandbox = Sandbox.for(context);
  const daemon = sandbox.daemon('--loger_path=/tmp');
  assert.deepEqual(await daemon.ended, { code: 1, signal: null });
  assert.match(daemon.stderr, /loger_path.*logger_path/s);
});

for (const [fault, socket, message] of [
  ['too long', `/tmp/${'x'.repeat(120)}`, /107|too long/],
  ['in a directory that is missing', '/nonexistent/outpost.em', /\/nonexistent/],
] as const) {
  test(`a socket path ${fault} is told, and the daemon goes on without extensions`, async context => {
    const sandbox = Sandbox.for(context);
    sandbox.write('outpost.conf', schedule);
    const daemon = sandbox.daemon(`--extensions_socket=${socket}`);
    await logged(sandbox);
    assert.match(await daemon.says(/.*extension manager startup.*/), message);
  });
}

test('a corrupt database is set aside, and the daemon goes on with a new one', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', schedule);
  mkdirSync(sandbox.path('outpost.db'));
  writeFileSync(sandbox.path('outpost.db', 'CURRENT'), 'MANIFEST-000007\n');
  writeFileSync(sandbox.path('outpost.db', 'MANIFEST-000007'), 'nonsense '.repeat(100));
  const daemon = sandbox.daemon();
  await logged(sandbox);
  await daemon.says(/outpost\.db/);
  assert.ok(readdirSync(sandbox.directory).some(name => name.startsWith('outpost.db') && name !== 'outpost.db'));
});

test('a second daemon is told who holds the pid file, or the database', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', schedule);
  const first = sandbox.daemon();
  await logged(sandbox);
  const second = sandbox.daemon();
  assert.deepEqual(await second.ended, { code: 1, signal: null });
  assert.match(second.stderr, new RegExp(`outpostd\\.pid.*${first.pid}`, 's'));
  const third = sandbox.daemon(`--pidfile=${sandbox.path('third.pid')}`, `--extensions_socket=${sandbox.path('3.em')}`);
  assert.deepEqual(await third.ended, { code: 78, signal: null });
  assert.match(third.stderr, /outpost\.db/);
  assert.ok(!existsSync(sandbox.path('third.pid')));
  assert.equal((await sandbox.ask('select 1 as one')).length, 1, 'the first is unharmed');
});

test('--config_check says by its exit code whether a file will do', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', schedule);
  const good = sandbox.daemon('--config_check');
  assert.deepEqual(await good.ended, { code: 0, signal: null }, good.stderr);
  const path = sandbox.write('bad.conf', '{ "schedule": \n [oops] }');
  const bad = sandbox.daemon('--config_check', `--config_path=${path}`);
  assert.deepEqual(await bad.ended, { code: 1, signal: null });
  assert.match(bad.stderr, /bad\.conf:2:\d+/);
  const missing = sandbox.daemon('--config_check', '--config_path=/nonexistent/x.conf');
  assert.deepEqual(await missing.ended, { code: 1, signal: null });
  assert.match(missing.stderr, /\/nonexistent\/x\.conf/);
});

test('a logger plugin that nobody has ends worker and watcher with 78', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', schedule);
  const daemon = sandbox.daemon('--logger_plugin=nobody', '--extensions_timeout=1');
  assert.deepEqual(await daemon.ended, { code: 78, signal: null });
  assert.match(daemon.stderr, /nobody.*filesystem/s);
  await sandbox.emptied();
  assert.ok(!existsSync(sandbox.path('outpostd.pid')));
});
