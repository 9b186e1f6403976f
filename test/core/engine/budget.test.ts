import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryLimits } from '../../../core/src/agent/query-limits.ts';
import type { Lane } from '../../../core/src/engine/lane.ts';
import { lanes } from '../../../core/src/engine/lane.ts';
import { FlagStore, programOf } from '../../../core/src/flags/index.ts';
import { endless, failsWith, openEngine, rows } from './harness.ts';

const sorting = `select x from (${endless.replace('count(*)', 'x')}) order by x desc`;
const name = 'culprit';

test('CPU time is counted, with the table that was asked last, and waiting is none', async context => {
  const engine = openEngine(context);
  await rows(engine, 'select 1');
  const budget = { cpuMs: 150 };
  await assert.rejects(
    rows(engine, endless, { name, budget }),
    failsWith(
      'QUERY_BUDGET_CPU',
      /^The query culprit was stopped: it used 1\d\d ms of CPU time, more than its 150 ms\.$/,
    ),
  );
  await assert.rejects(
    rows(engine, 'select sum(n) from forever', { name, budget }),
    failsWith('QUERY_BUDGET_CPU', /^The query culprit .* 150 ms; the table that it asked last is forever\.$/),
  );
  assert.deepEqual(await rows(engine, 'select sleep(1) as slept', { budget }), [{ slept: 1 }]);
  for (let run = 0; run < 3; run++) await rows(engine, 'select sum(n * 2) from numbers', { budget: { cpuMs: 1000 } });
});

test('nobody looks at the CPU time of a query that has ended', async context => {
  const engine = openEngine(context);
  await rows(engine, 'select 1');
  const timers = (): number => process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length;
  const before = timers();
  await rows(engine, 'select 1', { budget: { cpuMs: 60_000 }, deadlineMs: Number.POSITIVE_INFINITY });
  assert.equal(timers(), before);
});

test('SQLite gets no more memory than the budget has, in that query', async context => {
  const engine = openEngine(context);
  const budget = { memory: 8 << 20 };
  await assert.rejects(
    rows(engine, sorting, { name, budget }),
    failsWith('QUERY_BUDGET_MEMORY', /^The query culprit was stopped: out of memory, .* more than 8388608 bytes\.$/),
  );
  await assert.rejects(
    rows(engine, `select n from forever order by n`, { name, budget }),
    failsWith('QUERY_BUDGET_MEMORY', /; the table that it asked last is forever\.$/),
  );
  const large = "select length(printf('%.*c', 20000000, 'x')) as c";
  await assert.rejects(rows(engine, large, { budget }), failsWith('QUERY_BUDGET_MEMORY'));
  assert.deepEqual(await rows(engine, large), [{ c: 20_000_000 }]);
});

test('a statement is prepared on the main thread with bounded memory', async context => {
  const engine = openEngine(context);
  const list = `select 1 where 1 in (${Array(1_500_000).fill('1+1').join()})`;
  await assert.rejects(engine.columns(list), failsWith('QUERY_BUDGET_MEMORY'));
  assert.deepEqual(await engine.columns('select n from numbers'), [{ name: 'n', type: 'INTEGER' }]);
});

test('a deadline names the table, or says that the query never had its turn', async context => {
  const engine = openEngine(context);
  const cases: Readonly<Record<string, RegExp>> = {
    [endless]: /deadline of 1000 ms\.$/,
    'select sum(n) from forever': /deadline of 1000 ms; the table that it asked last is forever\.$/,
    'select * from late': /deadline of 1000 ms; the table that it asked last is late\.$/,
    'select count(*) from numbers a, forever b': /; the table that it asked last is forever\.$/,
  };
  for (const [sql, message] of Object.entries(cases))
    await assert.rejects(rows(engine, sql, { deadlineMs: 1000, name }), failsWith('QUERY_DEADLINE', message), sql);
  const busy = new AbortController();
  const running = rows(engine, endless, { signal: busy.signal });
  running.catch(() => undefined);
  await assert.rejects(
    rows(engine, 'select 1', { deadlineMs: 50, name }),
    failsWith('QUERY_DEADLINE', /deadline of 50 ms while it waited for its turn in the lane shell\.$/),
  );
  busy.abort();
  await assert.rejects(running, failsWith('QUERY_CANCELLED'));
});

test('budgets of rows and bytes name the table', async context => {
  const engine = openEngine(context);
  await assert.rejects(
    rows(engine, 'select n from numbers', { name, budget: { rows: 5 } }),
    failsWith(
      'QUERY_BUDGET_ROWS',
      /^The query culprit .* more than 5 rows; the table that it asked last is numbers\.$/,
    ),
  );
  await assert.rejects(
    rows(engine, 'select word from numbers', { name, budget: { bytes: 5 } }),
    failsWith(
      'QUERY_BUDGET_BYTES',
      /^The query culprit .* more than 5 bytes; the table that it asked last is numbers\.$/,
    ),
  );
});

test('each lane has its limits, which the options of a query may change', async context => {
  const asked: Lane[] = [];
  const engine = openEngine(context, {
    limits: lane => {
      asked.push(lane);
      return lane === 'live' ? { deadlineMs: 100, budget: { rows: 3 } } : {};
    },
  });
  for (const lane of lanes) await engine.query('select 1', { lane, deadlineMs: 20_000 });
  assert.deepEqual(asked, lanes);
  await assert.rejects(engine.query(endless, { lane: 'live' }), failsWith('QUERY_DEADLINE', /100 ms/));
  await assert.rejects(
    engine.query('select n from numbers limit 4', { lane: 'live', deadlineMs: 20_000 }),
    failsWith('QUERY_BUDGET_ROWS', /more than 3 rows/),
  );
  const more = { lane: 'live', deadlineMs: 20_000, budget: { rows: 4 } } as const;
  assert.equal((await engine.query('select n from numbers limit 4', more)).rowCount, 4);
});

test('flags give each lane its limits; 0 is any', () => {
  const flags = new FlagStore(programOf('outpostd', [], '/root'));
  flags.applyOptions({ schedule_cpu_limit: 7, distributed_deadline: 0, query_memory_limit: 2, query_max_rows: 0 });
  assert.deepEqual(queryLimits(flags, 'scheduled'), {
    deadlineMs: 600_000,
    budget: { rows: Number.POSITIVE_INFINITY, bytes: 2 ** 30, cpuMs: 7000, memory: 2 ** 21 },
  });
  assert.equal(queryLimits(flags, 'live').deadlineMs, Number.POSITIVE_INFINITY);
  assert.equal(queryLimits(flags, 'extension').deadlineMs, 300_000);
  assert.equal(queryLimits(flags, 'shell').budget?.cpuMs, Number.POSITIVE_INFINITY);
});
