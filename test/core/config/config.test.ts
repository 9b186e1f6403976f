import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { ConfigBackup } from '../../../core/src/config/backup.ts';
import type { ScheduledQuery } from '../../../core/src/schedule/query.ts';
import { Store } from '../../../core/src/storage/store.ts';
import { packText } from '../../../core/src/storage/values.ts';
import { OutpostError } from '../../../protocol/src/index.ts';
import { settle } from '../schedule/fake-clock.ts';
import { harness } from './harness.ts';
import { Sayings } from './sayings.ts';

const scheduled = (...names: string[]): string =>
  JSON.stringify({ schedule: Object.fromEntries(names.map(name => [name, { query: `select '${name}'` }])) });

const names = (queries: readonly ScheduledQuery[]): string[] => queries.map(({ name }) => name);

describe('the schedule', () => {
  it('has all that a query says', async () => {
    const { config, plugin } = harness({ isEventBased: async sql => sql.includes('_events') });
    const a = { query: 'select 1', interval: '60', snapshot: 'T', removed: false, denylist: 0, startup_priority: 2 };
    plugin.sources = {
      c: JSON.stringify({ packs: { p: { queries: { a, b: { query: 'select 2 from x_events' } } } } }),
    };
    await config.refresh();
    assert.deepEqual(config.schedule, [
      {
        name: 'pack_p_a',
        splayName: 'a',
        query: 'select 1',
        interval: 60,
        snapshot: true,
        removed: false,
        denylist: false,
        startupPriority: 2,
      },
      {
        name: 'pack_p_b',
        splayName: 'b',
        query: 'select 2 from x_events',
        interval: 3600,
        snapshot: false,
        removed: true,
        denylist: true,
        eventBased: true,
      },
    ]);
  });

  it('merges sources in the byte order of their names', async () => {
    const { config, plugin, flags } = harness();
    const option = (seconds: number) => ({ options: { schedule_default_interval: seconds } });
    plugin.sources = {
      '/b': JSON.stringify({ ...option(20), ...JSON.parse(scheduled('b')) }),
      '/B': JSON.stringify({ ...option(10), ...JSON.parse(scheduled('B')) }),
    };
    await config.refresh();
    assert.deepEqual(
      config.schedule.map(({ name, interval }) => [name, interval]),
      [
        ['B', 20],
        ['b', 20],
      ],
    );
    assert.equal(flags.get('schedule_default_interval'), 20);
  });

  it('runs the others when one query is bad, and keeps one whose table an extension may bring', async () => {
    const tables = new Set<string>();
    const { config, plugin, status } = harness({
      checkSql: async sql => {
        if (sql.includes('selec ')) return 'near "selec": syntax error';
        return sql.includes('later') && !tables.has('later') ? 'no such table: later' : undefined;
      },
    });
    const schedule = { a: { query: 'select 1' }, b: { query: 'select * from later' }, c: { query: 'selec 1' } };
    plugin.sources = { s: JSON.stringify({ schedule }) };
    const told: string[][] = [];
    config.onChange(schedule => void told.push(names(schedule)));
    await config.refresh();
    assert.match(
      status.lines.join('\n'),
      /The query b fails until an extension brings its table: no such table: later/,
    );
    assert.match(status.lines.join('\n'), /The query c is not run: near "selec": syntax error/);
    assert.equal(config.faults.length, 2);
    tables.add('later');
    await config.reconsider();
    assert.deepEqual(told, [['a', 'b']]);
    assert.equal(config.faults.length, 1);
  });

  it('checks the SQL once when many tables come at once, and again when one comes later', async () => {
    let checks = 0;
    const { config, plugin } = harness({ checkSql: async () => void checks++ });
    plugin.sources = { c: scheduled('a') };
    await config.refresh();
    const before = checks;
    await Promise.all(Array.from({ length: 100 }, () => config.reconsider()));
    assert.equal(checks - before, 1);
    await config.reconsider();
    assert.equal(checks - before, 2);
  });

  it('leaves listeners that fail behind', async () => {
    const { config, plugin, status } = harness();
    const told: string[][] = [];
    config.onChange(() => Promise.reject(new Error('no')));
    const end = config.onChange(schedule => void told.push(names(schedule)));
    plugin.sources = { c: scheduled('a') };
    await config.refresh();
    end();
    await config.update('c', scheduled('b'));
    assert.deepEqual(told, [['a']]);
    assert.match(status.lines[0] ?? '', /^E A new configuration could not be taken over everywhere: no/);
  });
});

describe('texts that change', () => {
  it('keeps the last good text of a source, and says once what is wrong with the new one', async () => {
    const { config, plugin, status } = harness();
    plugin.sources = { a: scheduled('a'), b: scheduled('b') };
    await config.refresh();
    plugin.sources = { a: '{', b: scheduled('c') };
    for (let i = 0; i < 3; i++) await config.refresh();
    assert.deepEqual(names(config.schedule), ['a', 'c']);
    assert.deepEqual(status.lines, ['E a:1:2: A } is expected here.']);
    plugin.sources = { a: '{"x":', b: scheduled('c') };
    await config.refresh();
    plugin.sources = { a: scheduled('d'), b: scheduled('c') };
    await config.refresh();
    assert.deepEqual(names(config.schedule), ['d', 'c']);
    assert.equal(status.lines.length, 3);
    assert.equal(status.lines.at(-1), 'I The configuration has no errors any more.');
    assert.deepEqual(config.faults, []);
  });

  it('tells listeners only when a text changed', async () => {
    const { config, plugin } = harness();
    let told = 0;
    config.onChange(() => {
      told += 1;
    });
    plugin.sources = { a: scheduled('a') };
    await config.refresh();
    await config.refresh();
    plugin.sources = { a: `${scheduled('a')} ` };
    await config.refresh();
    assert.equal(told, 2);
  });

  it('forgets a source that is gone', async () => {
    const { config, plugin } = harness();
    plugin.sources = { a: scheduled('a'), b: scheduled('b') };
    await config.refresh();
    plugin.sources = { a: scheduled('a') };
    await config.refresh();
    assert.deepEqual(names(config.schedule), ['a']);
  });

  it('keeps what was pushed when the plugin gives its own again', async () => {
    const { config, plugin } = harness();
    await config.update('pushed', scheduled('p'));
    plugin.sources = { a: scheduled('a') };
    await config.refresh();
    assert.deepEqual(names(config.schedule), ['a', 'p']);
  });

  it('has the hash of osquery', async () => {
    const { config, plugin } = harness();
    const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
    plugin.sources = { b: '{}', a: '# c\n{}' };
    await config.refresh();
    assert.equal(config.hash, sha1(sha1('# c\n{}') + sha1('{}')));
    plugin.sources = { b: '{' };
    await config.refresh();
    assert.deepEqual([config.hash, config.valid], [sha1(sha1('{')), true]);
  });
});

describe('keys of others', () => {
  it('are kept by source, those of packs before those of their source', async () => {
    const { config, plugin } = harness();
    plugin.sources = {
      a: JSON.stringify({
        decorators: { load: ['select 1'] },
        packs: {
          p: { decorators: { always: ['select 2'] } },
          other: { platform: 'darwin', decorators: { always: ['select 3'] } },
        },
      }),
      b: JSON.stringify({ views: { v: 'select 1' }, decorators: null }),
    };
    await config.refresh();
    assert.deepEqual(config.get('decorators'), [
      { source: 'a_p', value: { always: ['select 2'] } },
      { source: 'a', value: { load: ['select 1'] } },
    ]);
    assert.deepEqual(config.get('views'), [{ source: 'b', value: { v: 'select 1' } }]);
    assert.deepEqual(config.get('yara'), []);
  });

  it('take the first of equal keys, and no prototype', async () => {
    const { config, plugin } = harness();
    plugin.sources = { a: '{"views": {"v": "first", "v": "second", "__proto__": "x"}}' };
    await config.refresh();
    assert.equal(JSON.stringify(config.get('views')[0]?.value), '{"v":"first","__proto__":"x"}');
  });
});

describe('readings', () => {
  it('come at their interval, faster after a failure', async () => {
    const { config, plugin, flags, clock, status } = harness();
    flags.set('config_refresh', '1000', 'command line');
    plugin.sources = { a: scheduled('a') };
    assert.equal(await config.load(), true);
    const readings = (): number => plugin.requests.length;
    await clock.advance(999_000);
    assert.equal(readings(), 1);
    plugin.failure = 'unreachable';
    await clock.advance(1000);
    assert.equal(readings(), 2);
    await clock.advance(600_000);
    assert.equal(readings(), 4);
    assert.deepEqual(names(config.schedule), ['a']);
    assert.deepEqual(status.lines, ['E scripted: Error reading config: unreachable']);
    plugin.failure = undefined;
    await clock.advance(300_000);
    await clock.advance(999_000);
    assert.equal(readings(), 5);
    await clock.advance(1000);
    assert.equal(readings(), 6);
    await config.stop();
    await clock.advance(10_000_000);
    assert.equal(readings(), 6);
  });

  it('come once when the interval is 0', async () => {
    const { config, plugin, clock } = harness();
    await config.load();
    await clock.advance(10_000_000);
    assert.equal(plugin.requests.length, 1);
    await config.stop();
  });

  it('overtake nothing', async () => {
    let release = (): void => undefined;
    const { config, plugin } = harness({
      checkSql: sql =>
        sql.includes('slow')
          ? new Promise(resolve => (release = () => resolve(undefined)))
          : Promise.resolve(undefined),
    });
    plugin.sources = { a: scheduled('slow') };
    const first = config.refresh();
    await settle();
    plugin.sources = { a: scheduled('quick') };
    const second = config.refresh();
    release();
    await Promise.all([first, second]);
    assert.deepEqual(names(config.schedule), ['quick']);
  });
});

describe('discovery', () => {
  const pack = (...discovery: string[]): string =>
    JSON.stringify({ packs: { p: { discovery, queries: { a: { query: 'select 1' } } } } });

  it('decides for an hour', async () => {
    let rows = 0;
    const asked: string[] = [];
    const countRows = async (sql: string): Promise<number> => {
      asked.push(sql);
      return rows;
    };
    const { config, plugin, clock } = harness({ countRows });
    plugin.sources = { c: pack('one', 'two') };
    const told: string[][] = [];
    config.onChange(schedule => void told.push(names(schedule)));
    await config.load();
    assert.deepEqual([config.schedule, asked], [[], ['one']]);
    rows = 1;
    await clock.advance(3_540_000);
    assert.deepEqual(asked, ['one']);
    await clock.advance(60_000);
    assert.deepEqual(asked, ['one', 'one', 'two']);
    assert.deepEqual(told, [[], ['pack_p_a']]);
    assert.deepEqual(config.packRows(), [
      { name: 'p', platform: '', version: '', shard: 0, active: true, hits: 59, executions: 2 },
    ]);
    await config.stop();
  });

  it('asks again soon when a query failed', async () => {
    let fails = true;
    const countRows = async (): Promise<number> => {
      if (fails) throw new Error('no such table: t');
      return 1;
    };
    const { config, plugin, clock, status } = harness({ countRows });
    plugin.sources = { c: pack('select * from t') };
    await config.load();
    assert.deepEqual(status.lines, ['W Discovery query failed (select * from t): no such table: t']);
    fails = false;
    await clock.advance(60_000);
    assert.deepEqual(names(config.schedule), ['pack_p_a']);
    await config.stop();
  });
});

describe('the backup of the configuration', () => {
  const start = (store: Store, enabled = true) => {
    const { config, plugin, status } = harness({ backup: new ConfigBackup(store, new Sayings(), () => enabled) });
    return { config, plugin, status };
  };
  const text = JSON.stringify({ schedule: { q: { query: 'select 1', interval: 5 } } });

  it('is what an agent starts with while its plugin gives nothing', async () => {
    const store = Store.memory();
    const before = start(store);
    before.plugin.sources = { b: text, a: '{}' };
    await before.config.refresh();
    const { config, plugin, status } = start(store);
    plugin.failure = 'no network';
    assert.equal(await config.refresh(), false);
    assert.deepEqual(
      config.schedule.map(({ name }) => name),
      ['q'],
    );
    assert.equal(config.valid, false);
    assert.match(status.lines.join('\n'), /Error reading config: no network/);
    plugin.failure = undefined;
    plugin.sources = { c: '{}' };
    await config.refresh();
    assert.deepEqual(config.schedule, []);
    const after = await store.scan('configurations', { prefix: 'config_persistence.', limit: 9 });
    assert.deepEqual(
      after.map(([key]) => key),
      ['config_persistence.c'],
    );
  });

  it('is neither written nor read unless it is enabled', async () => {
    const store = Store.memory();
    const before = start(store, false);
    before.plugin.sources = { a: text };
    await before.config.refresh();
    const { config, plugin } = start(store);
    plugin.failure = 'no network';
    await config.refresh();
    assert.deepEqual(config.schedule, []);
  });

  it('does not come back once the plugin has given a configuration', async () => {
    const store = Store.memory();
    const { config, plugin } = start(store);
    plugin.sources = { a: '{}' };
    await config.refresh();
    await store.batch([{ type: 'put', domain: 'configurations', key: 'config_persistence.a', value: packText(text) }]);
    plugin.failure = 'no network';
    await config.refresh();
    assert.deepEqual(config.schedule, []);
  });
});

describe('a full database', () => {
  const full = async (): Promise<void> => {
    throw new OutpostError('STORE_FULL', { path: '/db' });
  };

  it('does not keep a new configuration from being in force', async () => {
    const { config, plugin, status } = harness({ beforeUpdate: full });
    plugin.sources = { a: JSON.stringify({ schedule: { q: { query: 'select 1', interval: 5 } } }) };
    assert.equal(await config.refresh(), true);
    assert.deepEqual(
      config.schedule.map(({ name }) => name),
      ['q'],
    );
    assert.deepEqual(config.faults, []);
    assert.match(
      status.lines.join('\n'),
      /^W The database could not be cleared of what an earlier configuration left: /,
    );
  });

  it('is no reason for a refresh to reject, whatever the plugin gives', async () => {
    const store = Store.memory();
    await store.batch([{ type: 'put', domain: 'configurations', key: 'config_persistence.a', value: packText('{}') }]);
    const { config, plugin } = harness({
      beforeUpdate: full,
      backup: new ConfigBackup(store, new Sayings(), () => true),
    });
    plugin.failure = 'no network';
    assert.equal(await config.refresh(), false);
    assert.equal(config.valid, false);
  });
});
