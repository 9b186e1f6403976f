import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { installExamples } from '../../../scripts/example-packages.ts';
import { until } from '../../integration/harness.ts';
import { seeded } from '../../integration/random.ts';
import { arrivals, assertDelivered } from './delivered.ts';
import { FirehoseService } from './firehose.ts';
import { FaultyServer } from './http.ts';
import { chance, linesOf } from './load.ts';
import { LoggerTrial, lineOf } from './trial.ts';

await installExamples();

const stream = 'outpost-logs';

/** A Firehose service, what stands before it, and a logger that writes to it. */
const serve = async (context: TestContext, ...flags: readonly string[]) => {
  const service = new FirehoseService(stream);
  const front = await new FaultyServer(service.handle).start();
  context.after(() => front.stop());
  const leading = [`--aws_firehose_stream=${stream}`, `--aws_firehose_endpoint=${front.url}`, '--aws_region=us-east-1'];
  const trial = await LoggerTrial.start('aws_firehose', [...leading, ...flags]);
  context.after(() => trial[Symbol.asyncDispose]());
  return { service, front, trial };
};

const arrivedAt = ({ records }: FirehoseService) => arrivals(records.map(data => ({ key: '', data })));

test('each line is a record that ends with a line break', async context => {
  const { service, trial } = await serve(context);
  await trial.call({ string: lineOf('q', 1), category: 'event' });
  await trial.call({ status: 'true', log: '[{"s":0,"f":"a.ts","i":1,"m":"m","h":"h","c":"now","u":5}]' });
  assert.equal(service.records[0], `${lineOf('q', 1).slice(0, -1)},"log_type":"result"}\n`);
  assert.match(service.records[1] ?? '', /"message":"m","version":"5\.16\.0","log_type":"status"\}\n$/);
});

test('several lines may share a record', async context => {
  const { service, front, trial } = await serve(context, '--aws_firehose_lines_per_record=100');
  await trial.log(linesOf(1, 250));
  assert.deepEqual(
    service.records.map(record => record.split('\n').length - 1),
    [100, 100, 50],
  );
  assert.equal(front.requests.length, 1);
  assertDelivered(arrivedAt(service), 250);
});

test('every line arrives through throttling, refusals, resets and errors', async context => {
  const { service, front, trial } = await serve(context);
  const random = seeded(20_261_201);
  front.fault = chance(random, 'ServiceUnavailableException');
  let sent = 0;
  for (let round = 0; round < 12; round += 1) {
    const count = 1 + random(700);
    await trial.logAnyhow(linesOf(sent + 1, count));
    sent += count;
  }
  const repeated = assertDelivered(arrivedAt(service), sent);
  const { failed_requests: requests = 0, failed_records: records = 0 } = await trial.meter();
  assert.ok(requests > 0 && records > 0);
  context.diagnostic(`${sent} lines, ${repeated} repeated, ${front.requests.length} requests`);
});

test('a server that goes away and comes back has every line', async context => {
  const { service, front, trial } = await serve(context);
  const sending = (async () => {
    for (let first = 1; first < 4000; first += 100) await trial.logAnyhow(linesOf(first, 100));
  })();
  for (let absence = 1; absence <= 3; absence += 1) {
    const before = service.records.length;
    await until('more records', () => (service.records.length > before ? true : undefined));
    const { failed_requests: failed = 0 } = await trial.meter();
    await front.stop();
    await until('a request that fails', async () =>
      ((await trial.meter()).failed_requests ?? 0) > failed ? true : undefined,
    );
    await front.start();
  }
  await sending;
  assertDelivered(arrivedAt(service), 4000);
});

test('requests stay within the limits, and what is too large for a record is replaced by a notice', async context => {
  const { service, trial } = await serve(context);
  const padding = (bytes: number) => 'x'.repeat(bytes);
  const lines = [
    ...linesOf(1, 600),
    ...Array.from({ length: 5 }, (_, index) => lineOf('large', 601 + index, 'h', padding(990_000))),
    lineOf('huge', 606, 'h', padding(1_000_000)),
  ];
  await trial.log(lines); // the service refuses requests beyond the limits
  assertDelivered(arrivedAt(service), 606);
  const notice = service.records.find(record => record.includes('"action":"oversize"')) ?? '';
  assert.match(notice, /"name":"huge".*"limit":999999,"sha256":"[0-9a-f]{64}","log_type":"result"\}\n$/);
  assert.equal((await trial.meter()).oversize_lines, 1);
});

test('an unknown stream fails the call at once', async context => {
  const { front, trial } = await serve(context, '--aws_firehose_stream=other');
  await assert.rejects(
    trial.log(linesOf(1, 1)),
    /There is no Firehose stream other in the region us-east-1 \(from --aws_region\).*--aws_firehose_stream/,
  );
  assert.equal(front.requests.length, 1);
});
