import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { installExamples } from '../../../scripts/example-packages.ts';
import { until } from '../../integration/harness.ts';
import { seeded } from '../../integration/random.ts';
import { arrivals, assertDelivered, assertOrdered } from './delivered.ts';
import { FaultyServer } from './http.ts';
import { KinesisServer } from './kinesis.ts';
import { chance, linesOf } from './load.ts';
import { LoggerTrial, lineOf } from './trial.ts';

await installExamples();
const common = await new KinesisServer().start();
after(() => common.kill());

let streams = 0;

/** A stream of a server, what stands before it, and the flags that lead there. */
const serve = async (context: TestContext, server = common) => {
  streams += 1;
  const stream = `logs-${streams}`;
  await server.createStream(stream);
  const front = await new FaultyServer(server.handle).start();
  context.after(() => front.stop());
  const flags = [`--aws_kinesis_stream=${stream}`, `--aws_kinesis_endpoint=${front.url}`, '--aws_region=us-east-1'];
  return { front, flags, records: () => server.records(stream) };
};

test('results, snapshots and status lines go out as osquery sends them', async context => {
  const { flags, records } = await serve(context);
  await using trial = await LoggerTrial.start('aws_kinesis', flags);
  await trial.call({ string: lineOf('q', 1), category: 'event' });
  await trial.call({ snapshot: '{"snapshot":[{"a":"1"}],"action":"snapshot","name":"s","hostIdentifier":"host-1"}' });
  await trial.call({ status: 'true', log: '[{"s":1,"f":"a.ts","i":7,"m":"hm","h":"host-1","c":"now","u":5}]' });
  const stored = await records();
  assert.deepEqual(
    stored.map(({ key, data }) => [key, data]),
    [
      ['host-1', lineOf('q', 1).replace(/}$/, ',"log_type":"result"}')],
      [
        'host-1',
        '{"snapshot":[{"a":"1"}],"action":"snapshot","name":"s","hostIdentifier":"host-1","log_type":"result"}',
      ],
      [
        'host-1',
        '{"hostIdentifier":"host-1","calendarTime":"now","unixTime":5,"severity":1,"filename":"a.ts","line":7,"message":"hm","version":"5.16.0","log_type":"status"}',
      ],
    ],
  );
});

const modes = {
  'the key is the host identifier': [],
  'the key is the name of the query': ['--aws_kinesis_partition_key=query'],
  'keys are host and query, and records have many lines': [
    '--aws_kinesis_partition_key=host_query',
    '--aws_kinesis_lines_per_record=20',
  ],
  'keys are random': ['--aws_kinesis_random_partition_key'],
  'order is given up': ['--aws_kinesis_order=none'],
};

for (const [index, [name, flags]] of Object.entries(modes).entries()) {
  test(`every line arrives through throttling, refusals, resets and errors when ${name}`, async context => {
    const { front, flags: leading, records } = await serve(context);
    await using trial = await LoggerTrial.start('aws_kinesis', [...leading, ...flags]);
    const random = seeded(20_261_130 + index);
    front.fault = chance(random, 'ProvisionedThroughputExceededException');
    let sent = 0;
    for (let round = 0; round < 8; round += 1) {
      const count = 1 + random(20);
      await trial.logAnyhow(linesOf(sent + 1, count));
      sent += count;
    }
    const arrived = arrivals(await records());
    const repeated = assertDelivered(arrived, sent);
    if (name !== 'order is given up') assertOrdered(arrived);
    const meter = await trial.meter();
    assert.equal(meter.waiting_bytes, 0);
    assert.ok((meter.failed_requests ?? 0) + (meter.failed_records ?? 0) > 0);
    context.diagnostic(`${sent} lines, ${repeated} repeated, ${front.requests.length} requests`);
  });
}

test('a request that is never answered is given up and made again', async context => {
  const { front, flags, records } = await serve(context);
  await using trial = await LoggerTrial.start('aws_kinesis', [...flags, '--aws_logger_request_timeout=1']);
  let stalls = 2;
  front.fault = () => (stalls-- > 0 ? { kind: 'stall' } : { kind: 'none' });
  await trial.log(linesOf(1, 3));
  assertDelivered(arrivals(await records()), 3);
  assert.match(trial.stderr, /did not answer in time\. The lines are sent again/);
  assert.match(trial.stderr, /takes lines again/);
});

test('a call that lasts too long fails and says why, and its lines leave the memory', async context => {
  const { front, flags, records } = await serve(context);
  await using trial = await LoggerTrial.start('aws_kinesis', [...flags, '--aws_logger_call_timeout=1']);
  const type = 'ProvisionedThroughputExceededException';
  front.fault = ({ body }) =>
    body.Records.length > 0 ? { kind: 'partial', refuses: () => true, type } : { kind: 'none' };
  await assert.rejects(
    trial.log(linesOf(1, 3)),
    /^Error: 3 of 3 lines were not taken within 1 s\. The Kinesis stream logs-\d+ takes less than there is: .*--aws_kinesis_partition_key/,
  );
  await until('that nothing is in memory', async () => ((await trial.meter()).waiting_bytes === 0 ? true : undefined));
  assert.deepEqual(await records(), []);
  front.fault = () => ({ kind: 'none' });
  await trial.log(linesOf(1, 3));
  assertDelivered(arrivals(await records()), 3);
});

test('a server that is killed and comes back has every line', async context => {
  const directory = mkdtempSync(join(tmpdir(), 'kinesis-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  await using server = await new KinesisServer(directory).start();
  const { front, flags, records } = await serve(context, server);
  await using trial = await LoggerTrial.start('aws_kinesis', [...flags, '--aws_kinesis_partition_key=query']);
  const sending = (async () => {
    for (let first = 1; first < 400; first += 40) await trial.logAnyhow(linesOf(first, 40));
  })();
  for (let death = 1; death <= 3; death += 1) {
    const before = front.requests.length;
    await until('more requests', () => (front.requests.length > before + 5 ? true : undefined));
    await server.kill();
    await until('requests that fail', () => (front.requests.length > before + 9 ? true : undefined));
    await server.start();
  }
  await sending;
  const arrived = arrivals(await records());
  assertDelivered(arrived, 400);
  assertOrdered(arrived);
});

test('requests stay within the limits, and what is too large for a record is replaced by a notice', async context => {
  const { front, flags, records } = await serve(context);
  await using trial = await LoggerTrial.start('aws_kinesis', [...flags, '--aws_kinesis_partition_key=random']);
  const mib = 1024 * 1024;
  const large = 'x'.repeat(900_000);
  await trial.log([
    ...linesOf(1, 1100),
    ...Array.from({ length: 7 }, (_, index) => lineOf('large', 1101 + index, 'host-1', large)),
    lineOf('huge', 1108, 'host-1', 'x'.repeat(mib)),
  ]);
  const stored = await records();
  assertDelivered(arrivals(stored), 1108);
  for (const { body } of front.requests) {
    const sizes = body.Records.map(
      ({ Data, PartitionKey }) => Buffer.from(Data, 'base64').length + Number(PartitionKey?.length),
    );
    assert.ok(sizes.length <= 500);
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) <= 5 * mib);
    assert.ok(Math.max(...sizes) <= mib);
  }
  const notice = stored.map(({ data }) => JSON.parse(data)).find(({ action }) => action === 'oversize');
  assert.equal(notice.name, 'huge');
  assert.equal(notice.limit, mib);
  assert.ok(notice.bytes > mib);
  assert.match(notice.sha256, /^[0-9a-f]{64}$/);
  assert.equal((await trial.meter()).oversize_lines, 1);
  assert.match(
    trial.stderr,
    /a line of \d+ bytes was not sent, since a record may have 1048576; a notice went in its place/,
  );
});

test('memory is bounded while the stream takes nothing, and calls beyond it are refused', async context => {
  const { front, flags, records } = await serve(context);
  const limits = ['--aws_logger_buffer_mib=1', '--aws_kinesis_order=none'];
  await using trial = await LoggerTrial.start('aws_kinesis', [...flags, ...limits]);
  front.fault = () => ({ kind: 'error', status: 503, type: 'ServiceUnavailable' });
  const lines = Array.from({ length: 600 }, (_, index) => lineOf('q', index + 1, 'host-1', 'x'.repeat(1000)));
  const calls = Array.from({ length: 6 }, () => trial.log(lines));
  const ended = Promise.allSettled(calls);
  const refused = await Promise.any(
    calls.map(call =>
      call.then(
        () => assert.fail('taken'),
        (error: Error) => error.message,
      ),
    ),
  );
  assert.match(refused, /^There is no room for more lines: \d+ bytes wait/);
  await until('three calls that are refused', async () =>
    (await trial.meter()).failed_calls === 3 ? true : undefined,
  );
  const { peak_waiting_bytes: peak = 0 } = await trial.meter();
  assert.ok(peak <= 2 * 1024 * 1024, `${peak} bytes`);
  front.fault = () => ({ kind: 'none' });
  const outcomes = await ended;
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 3);
  assertDelivered(arrivals(await records()), 600);
});

test('the end answers calls that wait, and loses nothing that was acknowledged', async context => {
  const { front, flags, records } = await serve(context);
  await using trial = await LoggerTrial.start('aws_kinesis', flags);
  await trial.log(linesOf(1, 5));
  front.fault = () => ({ kind: 'error', status: 503, type: 'ServiceUnavailable' });
  const waiting = assert.rejects(trial.log(linesOf(6, 5)));
  await until('a request that fails', () => (front.requests.length > 5 ? true : undefined));
  assert.equal(await trial.end(), 0);
  await waiting;
  assertDelivered(arrivals(await records()), 5);
});
