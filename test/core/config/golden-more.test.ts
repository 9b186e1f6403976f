// Configurations of a real osquery beyond single files: from an extension, backed up, read again, hashed, with discovery.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { ConfigBackup } from '../../../core/src/config/backup.ts';
import { Store } from '../../../core/src/storage/store.ts';
import { harness, ScriptedPlugin } from './harness.ts';
import { Sayings } from './sayings.ts';

interface Answer {
  readonly code?: number;
  readonly message?: string;
  readonly response: readonly Readonly<Record<string, string>>[];
}
interface Recording {
  readonly config_plugin: readonly {
    readonly name: string;
    readonly genConfig_answer: Answer;
    readonly genPack_answer: Answer | null;
    readonly requests: readonly Readonly<Record<string, string>>[];
    readonly results: readonly string[];
    readonly status: readonly string[];
  }[];
  readonly config_backup: { readonly steps: readonly { readonly do: string; readonly results: readonly string[] }[] };
  readonly config_accelerated_refresh: { readonly config_lines: readonly string[] };
  readonly config_hash: readonly {
    readonly name: string;
    readonly sources: readonly string[];
    readonly config_hash: string;
    readonly config_valid: string;
  }[];
  readonly discovery: Readonly<Record<string, unknown>> & { readonly discovery_query_ran_times_in_19_s: number };
}

const recorded = JSON.parse(
  readFileSync(new URL('../../golden/daemon/config-more.json', import.meta.url), 'utf8'),
) as Recording;

const namesIn = (lines: readonly string[]): string[] => [
  ...new Set(lines.map(line => JSON.parse(line).name as string)),
];

suite('a config plugin of an extension', () => {
  /** Where we mean something else: what more is scheduled, and what osquery passes over in silence. */
  const more: Readonly<Record<string, readonly string[]>> = { 'second source bad': ['qc'] };
  const silent = ['string pack, genPack fails', 'string pack, genPack answers another name'];
  for (const {
    name,
    genConfig_answer: sources,
    genPack_answer: pack,
    requests,
    results,
    status,
  } of recorded.config_plugin)
    test(name, async () => {
      const asked: unknown[] = [];
      const { config } = harness({
        call: async request => {
          asked.push(request);
          const { code = 0, message = 'OK', response } = (request.action === 'genPack' ? pack : sources) ?? sources;
          return { status: { code, message, uuid: 0 }, response: response.map(row => ({ ...row })) };
        },
      });
      await config.load();
      assert.deepEqual(asked, requests);
      assert.deepEqual(
        config.schedule.map(query => query.name),
        [...namesIn(results), ...(more[name] ?? [])],
      );
      const errors = config.faults.filter(({ severity }) => severity === 'error');
      assert.equal(errors.length > 0, status.length > 0 || silent.includes(name));
      await config.stop();
    });
});

test('a configuration that was backed up takes the place of one that is not there, and of no broken one', async () => {
  const store = Store.memory();
  const text = JSON.stringify({ schedule: { q: { query: 'select 1 as a', interval: 1 } } });
  const runs: Record<string, boolean> = {};
  for (const { do: step } of recorded.config_backup.steps) {
    const { config, plugin, status } = harness({ backup: new ConfigBackup(store, new Sayings(), () => true) });
    if (step.includes('missing')) plugin.failure = 'config file does not exist: /tmp/g/osquery.conf';
    else plugin.sources = { '/tmp/g/osquery.conf': step.includes('broken') ? '{' : text };
    await config.refresh();
    runs[step] = config.schedule.length > 0;
    assert.equal(status.lines.length > 0, step !== 'first start', status.lines.join('\n'));
  }
  // After the start with a broken file osquery has nothing but that file's text in its backup; nor have we.
  assert.deepEqual(runs, {
    'first start': true,
    'start with the file missing': true,
    'start with a broken file': false,
    'start with the file missing again': false,
  });
});

test('a configuration that cannot be read is tried again after another time', async () => {
  const lines = recorded.config_accelerated_refresh.config_lines;
  const times = lines.flatMap(line => (line.includes('Refreshing') ? [Number.parseInt(line, 10)] : []));
  const asked: number[] = [];
  const plugin = new ScriptedPlugin();
  const { config, flags, clock } = harness({
    call: request => {
      asked.push((clock.now() - began) / 1000);
      return plugin.call(request);
    },
  });
  const began = clock.now();
  flags.set('config_refresh', '2', 'command line');
  flags.set('config_accelerated_refresh', '5', 'command line');
  plugin.sources = { a: '{}' };
  await config.load();
  await clock.advance(3000);
  plugin.failure = 'config file does not exist';
  await clock.advance(14_000);
  plugin.failure = undefined;
  await clock.advance(8000);
  await config.stop();
  assert.deepEqual(asked, times);
});

suite('the hash of a configuration', () => {
  for (const { name, sources, config_hash: hash, config_valid: valid } of recorded.config_hash)
    test(name, async () => {
      const { config, plugin } = harness();
      if (sources.length === 0) plugin.failure = 'config file does not exist';
      plugin.sources = Object.fromEntries(sources.map((text, index) => [`/etc/${index}`, text]));
      await config.refresh();
      assert.deepEqual([config.hash, config.valid ? '1' : '0'], [hash, valid]);
    });
});

test('discovery is decided again as often as in osquery', async () => {
  let [on, ran] = [false, 0];
  const { config, plugin, clock } = harness({
    packRefreshSeconds: () => 4,
    countRows: async () => {
      ran += 1;
      return on ? 1 : 0;
    },
  });
  plugin.sources = { a: JSON.stringify(recorded.discovery.config) };
  const active = (): boolean => config.schedule.some(({ name }) => name === 'pack_p_q');
  await config.load();
  const seen: boolean[] = [];
  for (const [state, seconds] of [
    [false, 7],
    [true, 6],
    [false, 6],
  ] as const) {
    on = state;
    await clock.advance(seconds * 1000);
    seen.push(active());
  }
  await config.stop();
  assert.deepEqual(seen, [false, true, false]);
  assert.equal(ran, recorded.discovery.discovery_query_ran_times_in_19_s);
  assert.ok((config.packRows()[0]?.hits ?? 0) > 0);
});
