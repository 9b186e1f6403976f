import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseSource, sectionsOf } from '../../../core/src/config/source.ts';
import { Decorators } from '../../../core/src/schedule/decorators.ts';
import type { ScheduledQuery } from '../../../core/src/schedule/query.ts';
import type { ScheduleSettings } from '../../../core/src/schedule/settings.ts';
import { Store } from '../../../core/src/storage/store.ts';
import { harness as configHarness } from '../config/harness.ts';
import { Sayings } from '../config/sayings.ts';
import type { Cell } from '../results/rows.ts';
import { type Agent, startAgent, TestEngine } from './agent.ts';
import { settle } from './fake-clock.ts';

/** A configuration, or a text that is none. */
type Config = string | Readonly<Record<string, unknown>>;
interface Step {
  readonly do?: string;
  readonly step?: string;
  readonly table?: Record<string, string>[];
  readonly rows?: Record<string, string>[];
  readonly config?: Config;
  readonly flags?: string[];
  readonly results?: string[];
  readonly snapshots_each_run?: (string | { base64: string })[];
  readonly status?: string[];
}
interface Scenario {
  readonly scenario: string;
  readonly flags: string[];
  readonly config?: Config;
  readonly steps?: Step[];
  readonly results?: string[];
  readonly snapshots_each_run?: (string | { base64: string })[];
}

const known: Readonly<Record<string, (value: string) => Partial<ScheduleSettings>>> = {
  '--logger_event_type': value => ({ eventType: value !== 'false' }),
  '--logger_snapshot_event_type': value => ({ snapshotEventType: value !== 'false' }),
  '--logger_numerics': value => ({ numerics: value !== 'false' }),
  '--schedule_epoch': value => ({ epoch: Number(value) }),
  '--nullvalue': value => ({ nullText: value }),
  '--decorations_top_level': value => ({ decorationsTopLevel: value !== 'false' }),
  '--disable_decorators': () => ({}),
  '--schedule_lognames': value => ({ logNames: value !== 'false' }),
  '--config_refresh': () => ({}),
  '--pack_delimiter': () => ({}),
};

const settingsOf = (flags: readonly string[]): Partial<ScheduleSettings> =>
  Object.assign({}, ...flags.map(flag => known[flag.split('=')[0] ?? '']?.(flag.split('=')[1] ?? '')));

/** The configuration of an agent, read from a text as it stands at the time. */
class Configuration {
  text: Config;
  readonly #parts: ReturnType<typeof configHarness>;

  constructor(text: Config, flags: readonly string[]) {
    this.text = text;
    this.#parts = configHarness({
      checkSql: async () => undefined,
      packDelimiter: () => this.#parts.flags.get('pack_delimiter'),
    });
    for (const flag of flags) {
      const [name = '', value = ''] = flag.slice(2).split('=');
      if (name === 'pack_delimiter' || name === 'schedule_epoch') this.#parts.flags.set(name, value, 'configuration');
    }
  }

  /** What flags and the configuration set. */
  settings(flags: readonly string[]): Partial<ScheduleSettings> {
    const { flags: store } = this.#parts;
    const fixed = settingsOf(flags);
    return {
      ...fixed,
      get epoch() {
        return store.get('schedule_epoch');
      },
    };
  }

  /** Reads the text. @returns the schedule */
  async queries(): Promise<readonly ScheduledQuery[]> {
    const { config, plugin } = this.#parts;
    plugin.sources = { 'osquery.conf': typeof this.text === 'string' ? this.text : JSON.stringify(this.text) };
    await config.refresh();
    return config.schedule;
  }
}

/** What strtod reads of a text: the beginning that is a number, infinite ones included. */
function doubleOf(text: string): Cell {
  const [, minus, infinite] = /^\s*([+-]?)(inf)/i.exec(text) ?? [];
  if (infinite !== undefined) return minus === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^\s*[+-]?\d/.test(text)) return null;
  return /^\s*[+-]?0x/i.test(text) ? Number(text) : Number.parseFloat(text);
}

/** What becomes of the text of an extension in a column of a number: what strtoll and strtod read of it. */
function numberOf(text: string | undefined, type: 'INTEGER' | 'BIGINT' | 'DOUBLE'): Cell {
  if (type === 'DOUBLE') return doubleOf(text ?? '');
  const [, sign, digits] = /^\s*([+-]?)(0x[\da-f]+|\d+)/i.exec(text ?? '') ?? [];
  if (digits === undefined) return null;
  if (type === 'BIGINT') {
    const value = BigInt(`${sign === '-' ? '-' : ''}${/^\d+/.exec(digits)?.[0]}`);
    return value >= -(2n ** 63n) && value < 2n ** 63n ? value : null;
  }
  const value = BigInt(digits);
  return BigInt.asIntN(32, sign === '-' ? -value : value);
}

function fill(engine: TestEngine, rows: readonly Record<string, string>[]): void {
  engine.db.exec('DELETE FROM g');
  const insert = engine.db.prepare('INSERT INTO g VALUES (?, ?, ?, ?, ?)');
  for (const { k = '', i, b, d, t = '' } of rows)
    insert.run(k, numberOf(i, 'INTEGER'), numberOf(b, 'BIGINT'), numberOf(d, 'DOUBLE'), t);
}

function newEngine(): TestEngine {
  const engine = new TestEngine();
  // No affinity: SQLite would store -0.0 in a column of doubles as 0.
  engine.db.exec('CREATE TABLE g(k, i, b, d, t)');
  return engine;
}

async function observe(agent: Agent, at: { time: number }): Promise<{ results: string[]; snapshots: string[] }> {
  agent.results.length = 0;
  agent.snapshots.length = 0;
  for (let i = 0; i < 2; i++) await agent.scheduler.tick(at.time++);
  await settle();
  return { results: [...agent.results], snapshots: [...new Set(agent.snapshots)] };
}

const scenarios = readFileSync(new URL('../../golden/daemon/results.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Scenario);

const flagsOf = ({ flags, steps = [] }: Scenario): string[] => [...flags, ...steps.flatMap(step => step.flags ?? [])];

/** Without host identifiers, which are not the schedule's: see test/core/daemon. */
const ours = scenarios.filter(
  scenario =>
    flagsOf(scenario).every(flag => (flag.split('=')[0] ?? '') in known) &&
    !scenario.scenario.startsWith('host-identifier'),
);

/** osquery's status lines about the life of a query, without their head. */
const lifeLines = (lines: readonly string[]): string[] =>
  lines.flatMap(line => /(?:query|scheduler)\.cpp:\d+\] (.*(?:scheduled query.*|updated.*))$/.exec(line)?.[1] ?? []);
const ourLifeLines = (lines: readonly string[]): string[] =>
  lines.map(line => line.slice(2)).filter(line => /scheduled query/i.test(line));

test('the recordings are there', () => assert.ok(ours.length >= 20, `${ours.length}`));

/** The decorators of a configuration, of its packs too. */
async function decoratorsOf(config: Config, engine: TestEngine, flags: readonly string[]): Promise<Decorators> {
  const decorators = new Decorators({
    runQuery: async sql => {
      const rows = engine.db.prepare(sql).raw().all() as unknown[][];
      const columns = engine.db.prepare(sql).columns();
      const text = (value: unknown, real: boolean): string =>
        value === null ? '' : real && Number.isInteger(value) ? `${value}.0` : String(value);
      const reals = columns.map(({ name }) => name.endsWith('_d'));
      const [first] = rows.map(row =>
        Object.fromEntries(columns.map(({ name }, i) => [name, text(row[i], reals[i] === true)])),
      );
      return { first, rowCount: rows.length };
    },
    status: new Sayings(),
    disabled: () => flags.includes('--disable_decorators'),
  });
  const source = await parseSource('osquery.conf', JSON.stringify(config), async () => undefined);
  assert.ok(!('fault' in source));
  const { sections } = sectionsOf(source, { platform: 'linux', version: '5.23.0', shard: 20 }, '_');
  await decorators.update(
    new Map(sections.flatMap(section => (section.decorators ? [[section.source, section.decorators] as const] : []))),
  );
  return decorators;
}

/** An agent that follows the steps of a recording. */
class Replay {
  readonly #engine = newEngine();
  readonly #store = Store.memory();
  readonly #time = { time: 1_700_000_000 };
  #text: Config;
  #flags: readonly string[];
  #configuration: Configuration | undefined;
  #agent: Agent | undefined;

  constructor(scenario: Scenario) {
    this.#text = scenario.config ?? {};
    this.#flags = scenario.flags;
  }

  async follow(step: Step): Promise<void> {
    this.#text = step.config ?? this.#text;
    this.#flags = step.flags ?? this.#flags;
    const rows = step.table ?? step.rows;
    if (rows !== undefined) fill(this.#engine, rows);
    if (step.do === 'config') await this.#reload();
    if (step.do === 'start') await this.#start();
    if (step.do === 'stop') await this.stop();
    if (step.results !== undefined) await this.#compare(step, step.results);
  }

  async stop(): Promise<void> {
    await this.#agent?.stop();
    this.#agent = undefined;
  }

  async #reload(): Promise<void> {
    if (this.#agent === undefined || this.#configuration === undefined) return;
    this.#configuration.text = this.#text;
    await this.#agent.scheduler.update(await this.#configuration.queries());
  }

  async #start(): Promise<Agent> {
    const { runQuery } = this.#engine;
    const decorators = await decoratorsOf(this.#text, this.#engine, this.#flags);
    this.#configuration = new Configuration(this.#text, this.#flags);
    const queries = await this.#configuration.queries();
    this.#agent = await startAgent(queries, {
      store: this.#store,
      runQuery,
      settings: this.#configuration.settings(this.#flags),
      decorations: () => decorators.current(),
      beforeQuery: () => decorators.always(),
    });
    return this.#agent;
  }

  async #compare(step: Step, results: readonly string[]): Promise<void> {
    const name = step.step ?? step.do ?? '';
    const agent = this.#agent ?? (await this.#start());
    agent.status.length = 0;
    const found = await observe(agent, this.#time);
    assert.deepEqual(found.results, results, name);
    if (step.snapshots_each_run) assert.deepEqual(found.snapshots, step.snapshots_each_run, name);
    if (step.do === undefined) return;
    // How often a failing query ran while the recorder looked is chance.
    assert.deepEqual([...new Set(ourLifeLines(agent.status))], [...new Set(lifeLines(step.status ?? []))], name);
  }
}

/** Where we mean something else than osquery. */
const differences: Readonly<Record<string, string>> = {
  'reload-same-text-and-broken': 'the last configuration that was whole stays in force',
  'nonfinite-inf-snapshot-numerics': 'a line with an infinite number is whole, where osquery ends it there',
};

for (const scenario of ours.filter(({ steps }) => steps !== undefined)) {
  const skip = differences[scenario.scenario] ?? false;
  test(`${scenario.scenario}: the lines that osquery logged`, { skip }, async () => {
    const replay = new Replay(scenario);
    for (const step of scenario.steps ?? []) await replay.follow(step);
    await replay.stop();
  });
}

for (const scenario of ours.filter(({ steps }) => steps === undefined)) {
  test(`${scenario.scenario}: the lines that osquery logged`, async () => {
    // Texts that are no UTF-8 do not pass through better-sqlite3; osquery logs some doubles anew at each run, we do not.
    const apart = /"name":"[ds] (blobs|unstable|column affinity)/;
    const all = await new Configuration(scenario.config ?? {}, scenario.flags).queries();
    const queries = all.filter(({ name }) => !apart.test(`"name":"${name}`));
    const agent = await startAgent(queries, { runQuery: newEngine().runQuery, settings: settingsOf(scenario.flags) });
    const found = await observe(agent, { time: 1_700_000_000 });
    const text = (lines: readonly unknown[] = []) =>
      lines.filter(line => typeof line === 'string' && !apart.test(line));
    assert.deepEqual(found.results, text(scenario.results));
    assert.deepEqual(found.snapshots, text(scenario.snapshots_each_run));
    await agent.stop();
  });
}
