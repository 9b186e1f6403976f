import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sandbox, type Started, until } from './harness.ts';

test('the schedule of a running agent is explained, a held query and a faulty one included', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', {
    options: { schedule_deadline: 1 },
    decorators: { load: ["select 'lab' as site"], always: ['select pid as agent from osquery_info'] },
    schedule: {
      good: { query: "select 'a' as x", interval: 1 },
      endless: {
        query: 'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n',
        interval: 1,
      },
      faulty: { query: 'select foo from time', interval: 1 },
    },
    packs: { elsewhere: { platform: 'darwin', queries: { q: { query: 'select 1', interval: 1 } } } },
  });
  sandbox.daemon();
  const held = await until(
    'a held query',
    async () => (await sandbox.ask('select query, reason, strikes, evidence from outpost_quarantine'))[0],
  );
  assert.deepEqual([held.query, held.reason, held.strikes], ['endless', 'deadline', '1']);
  await until(
    'more runs of the good query',
    async () => (await sandbox.ask("select 1 from outpost_schedule where name = 'good' and runs_ok > 3"))[0],
  );
  const explain = async (...args: string[]): Promise<Started> => {
    const started = sandbox.run('core/bin/outpost.mjs', ['explain-schedule', ...args, '--socket', sandbox.socket]);
    await started.ended;
    return started;
  };
  const all = await explain();
  assert.equal(all.stderr, '');
  assert.match(all.stdout, /^good: every 1 s .*\n {2}select 'a' as x\nLast run: .*Z, ok, 1 row \(unchanged\)\n/m);
  assert.match(all.stdout, /the same as the one before/);
  const one = await explain('endless');
  assert.match(one.stdout, /In quarantine until .*Z \(strike 1, deadline\): .*deadline of 1000 ms/);
  const faulty = await explain('faulty');
  assert.match(faulty.stdout, /^faulty is not scheduled\.\n.*outpost\.conf:1:\d+: .*no such column: foo/);
  assert.match((await explain('pack_elsewhere_q')).stdout, /The pack elsewhere is not active/);
  assert.deepEqual((await faulty.ended).code, 1);

  await sandbox.ask("delete from outpost_quarantine where query = 'endless'");
  await until(
    'the endless query to run and be held again',
    async () => (await sandbox.ask("select 1 from outpost_quarantine where query = 'endless'"))[0],
  );
  const line = await until('a decorated line', () =>
    sandbox.lines('outpostd.results.log').find(({ name }) => name === 'good'),
  );
  const { decorations = {} } = line;
  assert.equal(decorations.site, 'lab');
  assert.match(decorations.agent ?? '', /^\d+$/);
});

test('without an agent the explanation says so', async context => {
  const sandbox = Sandbox.for(context);
  const started = sandbox.run('core/bin/outpost.mjs', ['explain-schedule', '--socket', sandbox.socket]);
  assert.equal((await started.ended).code, 1);
  assert.match(started.stderr, /outpost\.em/);
  assert.doesNotMatch(started.stderr, /\n {4}at /);
});
