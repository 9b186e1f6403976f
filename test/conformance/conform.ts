import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { type TestContext, test } from 'node:test';
import { conformanceLevels, reportText, verify } from '@outpost/sdk/conformance';
import { killHard, Sandbox, type Started, until } from '../integration/harness.ts';
import { build, missingTools } from './build.ts';
import type { Sdk } from './sdks.ts';

/** How long a table, a line or a process may take to come or go, seconds: an interpreter starts in between. */
const patience = 30;
/** How long all tests of an SDK may take when its program has to be built first, milliseconds. */
const limitMs = 600_000;

/** A daemon whose configuration, logger and live queries, as far as the SDK can, come from the extension of one program. */
class Trial {
  readonly sandbox: Sandbox;
  readonly sdk: Sdk;
  readonly program: string;

  constructor(context: TestContext, sdk: Sdk, program: string) {
    this.sandbox = Sandbox.for(context);
    this.sdk = sdk;
    this.program = program;
    const { environment } = this.sandbox;
    environment.CONFIG_FILE = this.sandbox.write('served.json', {
      schedule: {
        greetings: { query: `select greeting, length from ${this.table('greetings')}`, interval: 1, snapshot: true },
      },
    });
    environment.LOGGER_FILE = this.sandbox.path('extension.log');
    environment.QUERIES_FILE = this.sandbox.path('queries.json');
  }

  /** The name of one of the example's tables. */
  table(name: 'greetings' | 'notes'): string {
    return this.sdk.names[name];
  }

  /** A daemon that starts the extension and takes everything from it. */
  daemon(): Started {
    const { plugin } = this.sdk.names;
    const live = this.sdk.distributed
      ? ['--disable_distributed=false', `--distributed_plugin=${plugin}`, '--distributed_interval=1']
      : [];
    const autoload = this.sandbox.write('extensions.load', `${this.program}\n`);
    const chosen = [`--config_plugin=${plugin}`, `--logger_plugin=${plugin}`];
    return this.sandbox.daemon(`--extensions_autoload=${autoload}`, ...chosen, ...live);
  }

  /** The processes of the extension. */
  get pids(): readonly number[] {
    const directory = dirname(this.program);
    return this.sandbox.processes().filter(pid => {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
      return words.some(word => word.startsWith(directory));
    });
  }

  /** Waits until the table of greetings answers. */
  async served(): Promise<void> {
    await until(
      'the table',
      async () => (await this.sandbox.ask(`select greeting from ${this.table('greetings')}`)).length === 1,
      patience,
    );
  }

  /** What the logger has written, from a place on. */
  logged(from = 0): string {
    const file = this.sandbox.path('extension.log');
    return existsSync(file) ? readFileSync(file, 'utf8').slice(from) : '';
  }

  /** Waits until the logger has written a result again. */
  async logsOn(): Promise<void> {
    const before = this.logged().length;
    await until('a result in the log', () => /"greeting":\s*"Hello, world!"/.test(this.logged(before)), patience);
  }
}

const registers = async ({ sandbox, sdk }: Trial): Promise<void> => {
  const [row] = await sandbox.ask("select name, version, type from osquery_extensions where type = 'extension'");
  assert.equal(row?.name, `example_${sdk.language}`);
};

const answers = async (trial: Trial): Promise<void> => {
  const table = trial.table('greetings');
  const two = await trial.sandbox.ask(`select * from ${table} where name in ('you', 'me') order by name`);
  assert.deepEqual(two, [
    { name: 'me', greeting: 'Hello, me!', length: '10' },
    { name: 'you', greeting: 'Hello, you!', length: '11' },
  ]);
  const none = await trial.sandbox.ask(`select * from ${table} where name = 'you' and length > 11`);
  assert.deepEqual(none, []);
  const joined = await trial.sandbox.ask(
    `with asked(name) as (values ('a'), ('b')) select greeting from asked join ${table} using (name) order by 1`,
  );
  assert.deepEqual(joined, [{ greeting: 'Hello, a!' }, { greeting: 'Hello, b!' }]);
};

const writes = async (trial: Trial): Promise<void> => {
  const { sandbox } = trial;
  const table = trial.table('notes');
  const rows = () => sandbox.ask(`select title, stars from ${table} order by title`);
  await sandbox.ask(`insert into ${table} (title, stars) values ('bread', 1), ('it''s "milk"', 2)`);
  assert.deepEqual(await rows(), [
    { title: 'bread', stars: '1' },
    { title: 'it\'s "milk"', stars: '2' },
  ]);
  await sandbox.ask(`update ${table} set stars = stars + 3 where title = 'bread'`);
  await assert.rejects(sandbox.ask(`insert into ${table} (title, stars) values ('bread', 9)`), /constraint failed/);
  await assert.rejects(sandbox.ask(`insert into ${table} (title, stars) values ('salt', 'many')`), /datatype mismatch/);
  await sandbox.ask(`delete from ${table} where stars = 2`);
  assert.deepEqual(await rows(), [{ title: 'bread', stars: '4' }]);
  await assert.rejects(
    sandbox.ask(`insert into ${trial.table('greetings')} (name, greeting, length) values ('x', 'y', 1)`),
  );
  await answers(trial);
};

const configures = async ({ sandbox }: Trial): Promise<void> => {
  const schedule = await until('the schedule', async () => {
    const rows = await sandbox.ask('select name, interval from osquery_schedule');
    return rows.length > 0 ? rows : undefined;
  });
  assert.deepEqual(schedule, [{ name: 'greetings', interval: '1' }]);
};

const logs = async (trial: Trial): Promise<void> => {
  await trial.logsOn();
  const status = /Registering extension/;
  if (trial.sdk.statusLines) await until('a status line in the log', () => status.test(trial.logged()), patience);
  else assert.doesNotMatch(trial.logged(), status);
};

const runsLiveQueries = async (trial: Trial): Promise<void> => {
  const { sandbox } = trial;
  const queries = { good: `select greeting from ${trial.table('greetings')}`, bad: 'select * from nowhere' };
  const results = sandbox.path('queries.json.results');
  renameSync(sandbox.write('queries.json.new', { queries }), sandbox.path('queries.json'));
  await until('the results of the live queries', () => existsSync(results), patience);
  const written = JSON.parse(readFileSync(results, 'utf8')) as {
    query_name?: string;
    id?: string;
    status: number;
    rows: unknown;
  }[];
  const byName = new Map(written.map(result => [result.query_name ?? result.id, result]));
  assert.deepEqual(byName.get('good')?.rows, [{ greeting: 'Hello, world!' }]);
  assert.equal(byName.get('good')?.status, 0);
  assert.notEqual(byName.get('bad')?.status, 0);
};

const answersMany = async (trial: Trial): Promise<void> => {
  const names = Array.from({ length: 32 }, (_, index) => `peer${index}`);
  const replies = await Promise.all(
    names.map(name => trial.sandbox.ask(`select greeting from ${trial.table('greetings')} where name = '${name}'`)),
  );
  assert.deepEqual(
    replies,
    names.map(name => [{ greeting: `Hello, ${name}!` }]),
  );
};

const survivesItsDeath = async (trial: Trial): Promise<void> => {
  const former = trial.pids;
  assert.equal(former.length, 1);
  for (const pid of former) killHard(pid);
  await until('another process', () => trial.pids.some(pid => !former.includes(pid)), patience);
  await trial.served();
  await trial.logsOn();
};

const survivesTheWorker = async (trial: Trial): Promise<void> => {
  const { worker } = await trial.sandbox.pids();
  killHard(worker);
  await trial.sandbox.pids(worker);
  await trial.served();
  await configures(trial);
  await trial.logsOn();
  assert.equal(trial.pids.length, 1);
};

const endsWith = async (trial: Trial, daemon: Started): Promise<void> => {
  daemon.process.kill('SIGTERM');
  assert.deepEqual(await daemon.ended, { code: 0, signal: null }, daemon.stderr);
  await trial.sandbox.emptied(patience);
  const sockets = readdirSync(trial.sandbox.directory).filter(name => name.startsWith('outpost.em'));
  assert.deepEqual(sockets, []);
};

const autoloaded = async (context: TestContext, sdk: Sdk, program: string): Promise<void> => {
  const trial = new Trial(context, sdk, program);
  const daemon = trial.daemon();
  await trial.served().catch(error => assert.fail(`${(error as Error).message}\n${daemon.stderr}`));
  await context.test('it registers', () => registers(trial));
  await context.test('its table answers what it is asked', () => answers(trial));
  await context.test('its writable table is written', () => writes(trial));
  await context.test('its configuration is used', () => configures(trial));
  await context.test('its logger gets lines', () => logs(trial));
  if (sdk.distributed) await context.test('its live queries are run', () => runsLiveQueries(trial));
  await context.test('it answers many at once', () => answersMany(trial));
  await context.test('it comes back after it is killed', () => survivesItsDeath(trial));
  await context.test('it comes back after the worker is killed', () => survivesTheWorker(trial));
  await context.test('it ends with the daemon', () => endsWith(trial, daemon));
};

const connecting = async (context: TestContext, sdk: Sdk, program: string): Promise<void> => {
  const trial = new Trial(context, sdk, program);
  const daemon = trial.sandbox.daemon();
  const extension = trial.sandbox.start(program, ['--socket', trial.sandbox.socket, '--timeout', '20']);
  await trial.served().catch(error => assert.fail(`${(error as Error).message}\n${daemon.stderr}${extension.stderr}`));
  await answers(trial);
  if (!sdk.waits) return endsWith(trial, daemon);
  daemon.process.kill('SIGTERM');
  await daemon.ended;
  const next = trial.sandbox.daemon();
  await trial.served().catch(error => assert.fail(`${(error as Error).message}\n${next.stderr}${extension.stderr}`));
  extension.process.kill('SIGTERM');
  assert.deepEqual(await extension.ended, { code: 0, signal: null }, extension.stderr);
  await endsWith(trial, next);
};

/** The suite that authors run: nothing fails, and what it advises is known. */
const passesTheSuite = async (context: TestContext, sdk: Sdk, program: string): Promise<void> => {
  const { environment } = new Trial(context, sdk, program).sandbox;
  const levels = conformanceLevels.filter(level => level !== 'distributed' || sdk.distributed);
  const report = await verify([program], { levels, environment, timeoutMs: patience * 1000 });
  assert.ok(report.passed, reportText(report));
  const advice = report.findings.filter(({ verdict }) => verdict === 'advice').map(({ id }) => id);
  assert.deepEqual(advice, sdk.advice, reportText(report));
};

/** A test of one SDK's own. */
type FurtherTest = (context: TestContext, program: string) => Promise<void>;

/**
 * Runs everything that an extension has to be able to do with the daemon, and the conformance suite: the same for our SDK and the
 * unchanged ones of osquery. Where the language's tools are
 * missing the tests are skipped with a word about it; in continuous integration that is a failure.
 */
export const conform = (sdk: Sdk, further: Readonly<Record<string, FurtherTest>> = {}): void => {
  const missing = missingTools(sdk);
  const reason = `the SDK for ${sdk.language} cannot be tested: ${missing.join(', ')} cannot be run here`;
  const skip = missing.length > 0 && process.env.CI !== 'true' && reason;
  test(`an extension in ${sdk.language}`, { skip, timeout: limitMs }, async context => {
    assert.equal(missing.length, 0, reason);
    const program = build(sdk);
    const tests: Readonly<Record<string, FurtherTest>> = {
      'the agent starts it': inner => autoloaded(inner, sdk, program),
      'it connects by itself': inner => connecting(inner, sdk, program),
      ...(sdk.leased ? {} : { 'it passes the conformance suite': inner => passesTheSuite(inner, sdk, program) }),
      ...further,
    };
    for (const [name, run] of Object.entries(tests)) await context.test(name, inner => run(inner, program));
  });
};
