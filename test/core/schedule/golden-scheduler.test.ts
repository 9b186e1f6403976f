// The scheduler of a real osquery: statistics, splay, drift, its denylist and priorities.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { packsOf, parseSource } from '../../../core/src/config/source.ts';
import { markRunning } from '../../../core/src/schedule/marks.ts';
import type { ScheduledQuery } from '../../../core/src/schedule/query.ts';
import type { RunQuery } from '../../../core/src/schedule/runner.ts';
import { splayedIntervals } from '../../../core/src/schedule/splay.ts';
import { Store } from '../../../core/src/storage/store.ts';
import { packText } from '../../../core/src/storage/values.ts';
import { startAgent, TestEngine } from './agent.ts';
import { FakeClock, settle } from './fake-clock.ts';

type Config = Readonly<Record<string, unknown>>;
type Row = Readonly<Record<string, string>>;
interface Denial {
  readonly config: Config;
  readonly disable_watchdog: boolean;
  readonly new_process: { readonly status: readonly string[]; readonly osquery_schedule: readonly string[] };
  readonly next_start: { readonly status: readonly string[]; readonly osquery_schedule: readonly string[] };
}
interface Drift {
  readonly config: Config;
  readonly slow_table_takes_s: number;
  readonly tick_starts_s: readonly number[];
  readonly slow_starts_s: readonly number[];
}
interface Recording {
  readonly stats: {
    readonly config: Config;
    readonly table_g: readonly Row[];
    readonly osquery_schedule_after_some_runs: readonly Row[];
  };
  readonly splay: {
    readonly splayed_intervals_by_percent_4_fresh_databases_each: Readonly<
      Record<string, Readonly<Record<string, readonly number[]>>>
    >;
    readonly restarts_percent_50_then_interval_3601: readonly (readonly string[])[];
  };
  readonly drift_60: Drift;
  readonly drift_1: Drift;
  readonly denylist_watchdog_on: Denial;
  readonly denylist_watchdog_off: Denial;
  readonly denylist_option_false: Denial;
  readonly startup_priority: { readonly config: Config; readonly results: readonly string[] };
  readonly event_tables_without_events: { readonly results: readonly string[]; readonly status: readonly string[] };
}

const recorded = JSON.parse(
  readFileSync(new URL('../../golden/daemon/scheduler.json', import.meta.url), 'utf8'),
) as Recording;

/** The queries of a configuration that are for this machine. */
async function queriesOf(config: Config): Promise<ScheduledQuery[]> {
  const source = await parseSource('osquery.conf', JSON.stringify(config), async () => undefined);
  assert.ok(!('fault' in source));
  const host = { platform: 'linux', version: '5.23.0', shard: 20 };
  const packs = packsOf(source, { host, defaultInterval: () => 777, report: () => undefined });
  return packs
    .filter(({ applies, discovery }) => applies && discovery.length === 0)
    .flatMap(({ name: pack, queries }) =>
      queries.map(({ query }) => ({ ...query, name: pack === 'main' ? query.name : `pack_${pack}_${query.name}` })),
    );
}

function engineWithTables(rows: readonly Row[] = []): TestEngine {
  const engine = new TestEngine();
  engine.db.exec('CREATE TABLE g(k, i, b, d, t); CREATE TABLE slow(n); INSERT INTO slow VALUES (1)');
  const insert = engine.db.prepare('INSERT INTO g VALUES (?, ?, null, ?, null)');
  for (const { k, i, d } of rows)
    insert.run(k ?? '', i === undefined ? null : BigInt(i), d === undefined ? null : Number(d));
  return engine;
}

test('the size of results, as osquery counts it', async () => {
  const { config, table_g: rows, osquery_schedule_after_some_runs: expected } = recorded.stats;
  const queries = (await queriesOf(config)).filter(({ name }) => name !== 'self');
  const agent = await startAgent(queries, { runQuery: engineWithTables(rows).runQuery });
  for (let time = 604_801; time < 604_819; time++) await agent.scheduler.tick(time);
  const found = new Map(agent.scheduler.rows().map(row => [row.name, row]));
  const others = expected.filter(({ name }) => name !== 'self');
  assert.deepEqual(
    [...found.keys()],
    others.map(({ name }) => name),
  );
  for (const { name = '', query, interval, executions, output_size: size } of others) {
    const row = found.get(name);
    assert.deepEqual(
      [row?.query, row?.interval, (row?.executions ?? 0) > 0],
      [query, Number(interval), executions !== '0'],
      name,
    );
    const each = executions === '0' ? 0 : Number(size) / Number(executions);
    assert.equal(row?.output_size, each * (row?.executions ?? 0), name);
  }
  await agent.stop();
});

suite('splay', () => {
  for (const [percent, intervals] of Object.entries(recorded.splay.splayed_intervals_by_percent_4_fresh_databases_each))
    test(`of ${percent} percent can be what it was`, async () => {
      for (const [interval, splayed] of Object.entries(intervals)) {
        const query = { name: 'q', query: 'select 1', interval: Number(interval) };
        const at = async (random: number) =>
          (await splayedIntervals(Store.memory(), [query], Number(percent), () => random)).intervals.get('q') ?? 0;
        const [least, most] = [await at(0), await at(1 - Number.EPSILON)];
        for (const one of splayed)
          assert.ok(least <= one && one <= most, `${interval}: ${least} to ${most}, not ${one}`);
        if (new Set(splayed).size === 1 && Number(interval) > 2) assert.ok(most - least <= 2);
      }
    });

  test('is remembered in the form that osquery has, and for one interval', async () => {
    const steps = recorded.splay.restarts_percent_50_then_interval_3601.map(([text = '']) => text.split(': ')[1] ?? '');
    const store = Store.memory();
    const [first = ''] = steps;
    await store.batch([{ type: 'put', domain: 'configurations', key: 'interval.q', value: packText(first) }]);
    for (const step of steps) {
      const [interval, splayed] = step.split(':').map(Number);
      const query = { name: 'q', query: 'select 1', interval: interval ?? 0 };
      const found = (await splayedIntervals(store, [query], 50, () => 0)).intervals.get('q');
      if (step === first) assert.equal(found, splayed);
      else assert.notEqual(found, Number(first.split(':')[1]));
    }
  });
});

suite('a query that takes longer than a second', () => {
  for (const [name, { slow_table_takes_s: takes, tick_starts_s: ticks, slow_starts_s: slow }, maxDriftSeconds] of [
    ['is caught up', recorded.drift_60, 60],
    ['is forgotten beyond the greatest drift', recorded.drift_1, 1],
  ] as const)
    test(name, async () => {
      // The recording splayed the ten seconds: to so many virtual ones as the other query ran in between.
      const interval = ticks.filter(at => at > 0 && at <= (slow[1] ?? 0) + takes - 0.1).length;
      const clock = new FakeClock(interval * 1_000_000);
      const engine = engineWithTables();
      const started: Record<string, number[]> = { slow: [], tick: [] };
      const runQuery: RunQuery = async (sql, query) => {
        started[query.name]?.push(clock.monotonic() / 1000);
        if (query.name === 'slow') clock.spend(takes * 1000);
        return engine.answer(sql);
      };
      const queries = [
        { name: 'slow', query: 'select n from slow', interval },
        { name: 'tick', query: 'select k from g', interval: 1 },
      ];
      const agent = await startAgent(queries, { clock, runQuery, settings: { maxDriftSeconds } });
      void agent.scheduler.run();
      await clock.advance(32_500);
      await agent.stop();
      const near = (found: readonly number[] = [], expected: readonly number[]): void => {
        const wanted = expected.filter(at => at >= 0);
        for (const [index, at] of wanted.entries())
          assert.ok(Math.abs((found[index] ?? -9) - at) <= 0.35, `${found.join()} is not ${wanted.join()}`);
      };
      near(started.slow, slow);
      near(started.tick, ticks);
    });
});

suite('a query that was running when the process was killed', () => {
  const lines = (status: readonly string[]): string[] =>
    status.map(line => line.replace(/^(\w) \S+\] /, '$1 ')).filter(line => !line.includes('Storing initial'));
  /** What we say beyond osquery, and the first results, whose time is another. */
  const ours = (line: string): boolean => / is in quarantine for |Storing initial/.test(line);
  for (const name of ['denylist_watchdog_on', 'denylist_watchdog_off', 'denylist_option_false'] as const)
    test(name, async () => {
      const { config, disable_watchdog: disableWatchdog, new_process, next_start } = recorded[name];
      const store = Store.memory();
      const queries = (await queriesOf(config)).filter(query => query.name !== 'self');
      const running = queries.find(query => query.name === 's');
      assert.ok(running);
      await store.batch(markRunning(running, 1));
      for (const { status, osquery_schedule: schedule } of [new_process, next_start]) {
        const agent = await startAgent(queries, {
          store,
          runQuery: engineWithTables().runQuery,
          settings: { disableWatchdog, strikes: false },
        });
        for (let time = 1; time < 4; time++) await agent.scheduler.tick(time);
        assert.deepEqual(
          agent.status.filter(line => !ours(line)),
          lines(status),
        );
        const { snapshot } = JSON.parse(schedule[0] ?? '') as {
          snapshot: readonly { name: string; denylisted: string; ran: string }[];
        };
        const rows = agent.scheduler.rows();
        const held = rows.map(row => [row.name, String(row.denylisted)]);
        assert.deepEqual(
          held,
          snapshot.map(row => [row.name, row.denylisted]),
        );
        await agent.stop();
      }
    });
});

test('queries with a priority run at the start, in its order', async () => {
  const { config, results } = recorded.startup_priority;
  const agent = await startAgent(await queriesOf(config), { runQuery: new TestEngine().runQuery });
  for (let time = 1; time < 4; time++) await agent.scheduler.tick(time);
  await settle();
  assert.deepEqual(agent.results, results);
  await agent.stop();
});

test('queries of event tables that have no events log nothing, in no format', async () => {
  const { results, status } = recorded.event_tables_without_events;
  const queries = ['a', 'b'].map(name => ({ name, query: 'select k from g', interval: 1, eventBased: true }));
  const agent = await startAgent(queries, { runQuery: engineWithTables().runQuery, settings: { eventType: false } });
  for (let time = 1; time < 4; time++) await agent.scheduler.tick(time);
  await settle();
  assert.deepEqual(agent.results, results);
  assert.deepEqual(
    agent.status,
    status.filter(line => line.includes('Storing')).map(line => line.replace(/^(\w) \S+\] /, '$1 ')),
  );
  await agent.stop();
});
