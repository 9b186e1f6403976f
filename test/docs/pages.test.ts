import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { configSchema } from '../../core/src/config/json-schema.ts';
import { schemaText } from '../../scripts/config-schema.ts';
import { flagsPage } from '../../scripts/flags-page.ts';

const page = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

test('docs/flags.md is what the table of flags gives', () => assert.equal(page('flags.md'), flagsPage()));

test('docs/config.schema.json is what the agent knows', () => assert.equal(page('config.schema.json'), schemaText()));

const validate = new Ajv.default({ strict: true, allowUnionTypes: true }).compile(configSchema);

interface Golden {
  readonly name: string;
  readonly config: unknown;
  readonly config_check: { readonly exit: number };
  readonly osquery_schedule?: readonly unknown[];
}

const golden = readFileSync(new URL('../golden/daemon/config.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line): Golden => JSON.parse(line));

test('the schema takes configurations that people write', () => {
  const whole = {
    options: { host_identifier: 'uuid', logger_mode: 416, custom_x: '1' },
    schedule: { q1: { query: 'select 1;', interval: 60, snapshot: true } },
    packs: {
      inline: { platform: 'linux', discovery: ['select 1'], queries: { a: { query: 'select 2', interval: '300' } } },
      file: '/etc/osquery/packs/x.conf',
      '*': '/etc/osquery/packs/*',
    },
    decorators: { load: ['select uuid from system_info'], interval: { '3600': ['select total_seconds from uptime'] } },
    file_paths: { etc: ['/etc/%%'] },
    views: { v: 'select pid from processes' },
    auto_table_construction: { t: { query: 'select a from b', path: '/x/%.db', columns: ['a'], platform: 'linux' } },
  };
  assert.ok(validate(whole), JSON.stringify(validate.errors));
});

test('the schema refuses what the agent complains of', () => {
  for (const broken of [
    { schedule: { q: { interval: 60 } } },
    { schedule: { q: { query: 'select 1', interval: 0 } } },
    { schedule: { q: { query: 'select 1', interval: 604_801 } } },
    { schedule: [] },
    { packs: { p: 5 } },
    { decorators: { interval: { abc: [] } } },
    { views: { v: 1 } },
    [],
  ])
    assert.equal(validate(broken), false, JSON.stringify(broken));
});

/** Values of a wrong type or out of range that osquery passes over. */
const passedOver = /null|\["linux"\]| 5$| 101$| -1$|"x"|discovery (?:string|object|non-string)/;

test('a configuration that osquery took whole and that has scheduled something is valid', () => {
  const valid = golden.filter(({ name, config, config_check, osquery_schedule = [] }) => {
    if (typeof config !== 'string' || config_check.exit !== 0 || osquery_schedule.length === 0) return false;
    return /^(?:query (?:minimal|snapshot|removed|platform|version|shard)|pack (?:inline|platform|version|shard|discovery))/.test(
      name,
    );
  });
  assert.ok(valid.length > 20, `${valid.length}`);
  const refused = valid.filter(({ config }) => !validate(JSON.parse(config as string))).map(({ name }) => name);
  assert.deepEqual(
    refused.filter(name => !passedOver.test(name)),
    [],
  );
});
