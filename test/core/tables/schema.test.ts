import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type PluginResponse, routesOf, type TableDefinition } from '@outpost/sdk';
import { declarationOf } from '../../../core/src/engine/declaration.ts';
import { Engine } from '../../../core/src/engine/engine.ts';
import { rowsOf } from '../../../core/src/engine/rows.ts';
import { osqueryExtensions } from '../../../core/src/tables/osquery_extensions.ts';
import { osqueryFlags } from '../../../core/src/tables/osquery_flags.ts';
import { osqueryInfo } from '../../../core/src/tables/osquery_info.ts';
import { osqueryPacks } from '../../../core/src/tables/osquery_packs.ts';
import { osqueryRegistry } from '../../../core/src/tables/osquery_registry.ts';
import { osquerySchedule } from '../../../core/src/tables/osquery_schedule.ts';

interface GoldenTable {
  readonly name: string;
  /** As `.schema` prints it. */
  readonly create: string;
  readonly routes: PluginResponse;
}

const goldenTables = readFileSync(new URL('../../golden/core-tables.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as GoldenTable);

const info = {
  pid: 42,
  uuid: 'U',
  instance_id: 'I',
  version: '1.2.3',
  config_hash: 'h',
  config_valid: 1,
  extensions: 'active',
  build_platform: 'linux',
  build_distro: 'none',
  start_time: 1_700_000_000,
  watcher: -1,
  platform_mask: 9,
} as const;
const flag = {
  name: 'f',
  type: 'bool',
  description: 'd',
  default_value: 'false',
  value: 'true',
  shell_only: 0,
} as const;
const entry = {
  name: 'q',
  query: 'select 1',
  interval: 60,
  executions: 2,
  last_executed: 5,
  denylisted: 1,
  output_size: 2 ** 40,
  wall_time: 1,
  wall_time_ms: 1500,
  last_wall_time_ms: 500,
  user_time: 3,
  last_user_time: 2,
  system_time: 4,
  last_system_time: 1,
  average_memory: 1024,
  last_memory: 2048,
} as const;
const plugin = { registry: 'logger', name: 'filesystem', owner_uuid: 0, internal: 0, active: 1 } as const;
const core = { uuid: 0, name: 'core', version: '1', sdk_version: '0', path: '/s', type: 'core' } as const;

const pack = {
  name: 'main',
  platform: '',
  version: '',
  shard: 0,
  discovery_cache_hits: 1,
  discovery_executions: 2,
  active: 1,
} as const;

const tables: readonly (readonly [definition: TableDefinition, row: Readonly<Record<string, unknown>>])[] = [
  [osqueryInfo(() => info), info],
  [osqueryFlags(() => [flag]), flag],
  [osquerySchedule(() => [entry]), entry],
  [osqueryPacks(() => [pack]), pack],
  [osqueryRegistry(() => [plugin]), plugin],
  [osqueryExtensions(() => [core]), core],
];

for (const [definition] of tables) {
  test(`${definition.name} has osquery's columns`, () => {
    const golden = goldenTables.find(({ name }) => name === definition.name);
    assert.deepEqual(routesOf(definition), golden?.routes);
    assert.equal(`${declarationOf(definition.schema)};`, golden?.create);
    assert.ok(definition.schema.description.length > 0 && definition.schema.examples.length > 0);
  });
}

test('the rows are what is true when they are asked for', async context => {
  const engine = Engine.open();
  context.after(() => engine.close());
  engine.addMainTables(...tables.map(([definition]) => definition));
  for (const [{ name, schema }, row] of tables) {
    const result = await engine.query(`select * from ${name}`, { lane: 'shell' });
    assert.deepEqual([...rowsOf(result)], [row], name);
    for (const example of schema.examples) await engine.query(example, { lane: 'shell' });
  }
  const aliased = await engine.query('select blacklisted from osquery_schedule', { lane: 'shell' });
  assert.deepEqual([...rowsOf(aliased)], [{ blacklisted: 1 }]);
  const versions = "select 1 as ok from osquery_info where version < '1.10.0'";
  assert.equal((await engine.query(versions, { lane: 'shell' })).rowCount, 1, 'versions compare as versions');
});
