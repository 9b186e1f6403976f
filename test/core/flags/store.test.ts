import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { FlagStore, flagTable, programOf, sortedNames } from '../../../core/src/flags/index.ts';

const store = (): FlagStore => new FlagStore(programOf('osqueryd', [], '/root'));

const golden: { readonly osquery_flags: readonly (readonly [string, string, string, number])[] } = JSON.parse(
  readFileSync(new URL('../../golden/flags.json', import.meta.url), 'utf8'),
);

test('flags have the type, default and class of osquery', () => {
  const rows = new Map(golden.osquery_flags.map(row => [row[0], row]));
  const own = [
    'distributed_cpu_limit',
    'distributed_deadline',
    'distributed_spool',
    'extensions_group',
    'extensions_memory_limit',
    'extensions_policy',
    'extensions_query_cpu_limit',
    'extensions_query_deadline',
    'extensions_utilization_limit',
    'external_tables',
    'json_numerics',
    'logger_budget',
    'logger_sequence',
    'metrics_file',
    'metrics_interval',
    'metrics_listen',
    'plugins',
    'query_max_bytes',
    'query_max_rows',
    'query_memory_limit',
    'schedule_cpu_limit',
    'schedule_deadline',
    'schedule_strikes',
    'shell_cpu_limit',
    'shell_deadline',
  ];
  const inShell = ['disable_database', 'disable_events', 'disable_extensions', 'disable_logging', 'disable_watchdog'];
  for (const row of store().rows()) {
    if (own.includes(row.name)) continue;
    const [, type, defaultValue, shellOnly] = rows.get(row.name) ?? assert.fail(`osquery has no flag ${row.name}`);
    assert.equal(row.type, type, row.name);
    assert.equal(row.shell_only, shellOnly, row.name);
    if (!inShell.includes(row.name)) assert.equal(row.default_value, defaultValue, row.name);
  }
});

test('rows are sorted and leave out names of one or two letters', () => {
  const names = store()
    .rows()
    .map(row => row.name);
  assert.deepEqual(names, [...names].sort());
  assert.deepEqual(
    names,
    sortedNames().filter(name => name.length > 2),
  );
});

test('the configuration sets runtime flags, and says what it does not set', () => {
  const flags = store();
  const changed: string[] = [];
  const stop = flags.onChange(name => changed.push(name));
  const warnings = flags.applyOptions({
    verbose: true,
    schedule_epoch: 7,
    logger_plugin: 'tls',
    scheduel_epoch: 1,
    nullvalue: null,
    distributed_interval: 1.5,
    schedule_splay_percent: 'ten',
    events_max: 5,
    config_tls_refresh: 60,
    custom_team: { name: 'blue' },
    logger_path: '',
    v: 3,
  });
  assert.equal(flags.get('verbose'), true);
  assert.equal(flags.origin('verbose'), 'configuration');
  assert.equal(flags.get('schedule_epoch'), 7);
  assert.equal(flags.get('config_refresh'), 60, 'an alias of a CLI flag can be set, as in osquery');
  assert.deepEqual(changed, ['verbose', 'schedule_epoch', 'config_refresh']);
  assert.deepEqual(warnings, [
    'The CLI only flag --logger_plugin set via config file will be ignored, please use a flagfile or pass it to the process at startup',
    'Cannot set unknown or invalid flag: scheduel_epoch. Did you mean schedule_epoch?',
    'Cannot parse unknown value type for option: nullvalue',
    'The option distributed_interval is 1.5, and only a whole number will do. It keeps its value.',
    'The option schedule_splay_percent keeps its value, since ten will not do. It takes a whole number from 0 to 18446744073709551615.',
    'The option events_max is known, but has no effect yet.',
    'The option v is known, but has no effect yet.',
  ]);
  assert.deepEqual(flags.options().get('custom_team'), { value: '{"name":"blue"}', defaultValue: '', type: 'string' });
  assert.equal(flags.rows().at(-1)?.name, 'custom_team');
  stop();
  flags.force('verbose', false);
  assert.equal(changed.length, 3);
});

test('an option that is missing later keeps its value', () => {
  const flags = store();
  flags.applyOptions({ schedule_epoch: 7 });
  flags.applyOptions({});
  assert.equal(flags.get('schedule_epoch'), 7);
});

test('options() tells value, default and type of every flag', () => {
  const flags = store();
  flags.set('verbose', 'yes', 'command line');
  const options = flags.options();
  assert.deepEqual(options.get('verbose'), { value: 'true', defaultValue: 'false', type: 'bool' });
  assert.equal(options.size, sortedNames().length);
});

test('no option makes the store throw or take a wrong value', () => {
  fc.assert(
    fc.property(fc.constantFrom(...sortedNames()), fc.anything(), (name, value) => {
      const flags = store();
      flags.applyOptions({
        [name]: typeof value === 'object' ? JSON.parse(JSON.stringify(value) ?? 'null') : String(value),
      });
      if (flagTable[name].class === 'cli') assert.ok(flags.isDefault(name));
      if (flagTable[name].type === 'bool') assert.match(flags.text(name), /^(true|false)$/);
    }),
  );
});

test('a flag that counts at the start waits for the next one once the agent has started, which is said', () => {
  const store = new FlagStore(programOf('outpostd', [], '/root'));
  assert.deepEqual(store.applyOptions({ logger_path: '/a', verbose: true }), []);
  const standing = (name: string) => store.standings().find(row => row.name === name);
  assert.deepEqual(standing('logger_path'), {
    name: 'logger_path',
    value: '/a',
    origin: 'configuration',
    applies: 'start',
    pending: 0,
    running: '/a',
  });
  store.started();
  assert.deepEqual(store.applyOptions({ osquery_log_dir: '/b', verbose: false }), [
    'The option osquery_log_dir counts from the next start on; until then it is as it was.',
  ]);
  assert.deepEqual([standing('logger_path')?.pending, standing('logger_path')?.running], [1, '/a']);
  assert.deepEqual([standing('verbose')?.pending, standing('verbose')?.running], [0, 'false']);
  assert.deepEqual(store.applyOptions({ logger_path: '/a' }), []);
  assert.equal(standing('logger_path')?.pending, 0);
});
