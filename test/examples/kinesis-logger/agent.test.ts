import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { installExamples } from '../../../scripts/example-packages.ts';
import { killHard, Sandbox, until } from '../../integration/harness.ts';
import { type Arrival, assertDelivered, assertOrdered } from './delivered.ts';
import { FirehoseService } from './firehose.ts';
import { FaultyServer } from './http.ts';
import { KinesisServer } from './kinesis.ts';
import { loggerProgram, withCredentials } from './trial.ts';

await installExamples();

const stream = 'logs';
const plenty = 120_000;

/** A daemon that starts the logger and logs some lines a second through it. */
const sandboxFor = (context: TestContext, variables: NodeJS.ProcessEnv): Sandbox => {
  const sandbox = Sandbox.for(context);
  Object.assign(sandbox.environment, withCredentials(), variables);
  const query =
    'with recursive n(i) as (select 1 union select i + 1 from n where i < 5) select i, unix_time from n, time';
  const snapshot = { query: 'select version from osquery_info', interval: 2, snapshot: true };
  sandbox.write('outpost.conf', { schedule: { ticks: { query, interval: 1 }, version: snapshot } });
  return sandbox;
};

const daemonWith = (sandbox: Sandbox, plugin: string) =>
  sandbox.daemon(`--extension=${loggerProgram}`, `--logger_plugin=${plugin}`);

const loggerOf = (sandbox: Sandbox, former = 0): Promise<number> =>
  until('the logger', () =>
    sandbox
      .processes()
      .find(
        pid => pid !== former && readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').includes(loggerProgram),
      ),
  );

interface Line {
  readonly sequence?: number;
  readonly log_type: string;
  readonly action?: string;
  readonly message?: string;
}

const linesIn = (records: readonly { readonly data: string }[]): readonly Line[] =>
  records.map(({ data }) => JSON.parse(data) as Line);

/** The numbered lines among the records of a stream. */
const numbered = (records: readonly { readonly key: string; readonly data: string }[]): readonly Arrival[] =>
  records.flatMap(({ key, data }) => {
    const { sequence } = JSON.parse(data) as Line;
    return sequence === undefined ? [] : [{ key, sequence }];
  });

test('an agent loses no line while its logger and the Kinesis server are killed', {
  timeout: plenty,
}, async context => {
  await using server = await new KinesisServer(Sandbox.for(context).path('stream')).start();
  await server.createStream(stream);
  const sandbox = sandboxFor(context, {
    AWS_KINESIS_STREAM: stream,
    AWS_KINESIS_ENDPOINT: server.url,
    AWS_REGION: 'us-east-1',
    AWS_LOGGER_REQUEST_TIMEOUT: '3',
  });
  const daemon = daemonWith(sandbox, 'aws_kinesis');
  const arrived = async () => numbered(await server.records(stream));
  const more = async (count: number) => {
    const before = (await arrived()).length;
    await until('more lines', async () => ((await arrived()).length >= before + count ? true : undefined), 30);
  };
  await more(5).catch(error => assert.fail(`${(error as Error).message}\n${daemon.stderr}`));
  const first = await loggerOf(sandbox);
  killHard(first);
  const second = await loggerOf(sandbox, first);
  await more(10);
  await server.kill();
  await daemon.says(/Nobody listens at http:\/\/127\.0\.0\.1:\d+\. Start it, or correct --aws_kinesis_endpoint/, 30);
  killHard(second);
  await server.start();
  await more(10);
  const waiting = await sandbox.ask('select failed_requests, waiting_bytes, lines from kinesis_logger');
  assert.equal(waiting.length, 1);
  daemon.process.kill('SIGTERM');
  assert.deepEqual(await daemon.ended, { code: 0, signal: null }, daemon.stderr);
  const records = await server.records(stream);
  const numbers = numbered(records);
  const repeated = assertDelivered(numbers, Math.max(...numbers.map(({ sequence }) => sequence)));
  assertOrdered(numbers);
  assert.ok(linesIn(records).some(({ action }) => action === 'snapshot'));
  const statuses = linesIn(records).filter(line => line.log_type === 'status');
  for (const said of [/Registering extension/, /Nobody listens at/])
    assert.ok(
      statuses.some(({ message }) => said.test(message ?? '')),
      `the status line ${said}`,
    );
  context.diagnostic(`${numbers.length} lines, ${repeated} repeated`);
});

test('an agent logs to Firehose', { timeout: plenty }, async context => {
  const service = new FirehoseService(stream);
  await using front = await new FaultyServer(service.handle).start();
  const sandbox = sandboxFor(context, { AWS_FIREHOSE_STREAM: stream, AWS_FIREHOSE_ENDPOINT: front.url });
  const daemon = daemonWith(sandbox, 'aws_firehose');
  const arrived = () => numbered(service.records.map(data => ({ key: '', data })));
  await until('lines', () => (arrived().length >= 15 ? true : undefined), 30).catch(error =>
    assert.fail(`${(error as Error).message}\n${daemon.stderr}`),
  );
  killHard(await loggerOf(sandbox));
  const before = arrived().length;
  await until('more lines', () => (arrived().length >= before + 10 ? true : undefined), 30);
  daemon.process.kill('SIGTERM');
  assert.deepEqual(await daemon.ended, { code: 0, signal: null }, daemon.stderr);
  const numbers = arrived();
  assertDelivered(numbers, Math.max(...numbers.map(({ sequence }) => sequence)));
});
