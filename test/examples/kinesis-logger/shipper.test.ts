import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { Herald } from '../../../examples/kinesis-logger/src/herald.ts';
import { Meter } from '../../../examples/kinesis-logger/src/meter.ts';
import { Shipper } from '../../../examples/kinesis-logger/src/shipper.ts';
import type { RecordFailure, Stream, StreamRecord } from '../../../examples/kinesis-logger/src/stream.ts';
import { Trouble } from '../../../examples/kinesis-logger/src/trouble.ts';

const limits = { records: 5, bytes: 100 };
const trouble = (passing: boolean): Trouble => new Trouble('TEST', { message: 'It failed.', remedy: 'Wait.', passing });

/** What becomes of one request: it fails, or some of its records are refused, or an answer is lost after all were taken. */
type Doing = 'whole' | 'fatal' | 'lost' | 'none' | readonly boolean[];

/** A stream in memory that does to its requests what it is told, and then takes everything; it checks each request. */
class ScriptedStream implements Stream {
  readonly limits = limits;
  readonly taken: StreamRecord[] = [];
  readonly #doings: Doing[];
  readonly #underWay = new Set<string>();

  constructor(doings: readonly Doing[]) {
    this.#doings = [...doings];
  }

  async put(records: readonly StreamRecord[]): Promise<readonly (RecordFailure | undefined)[]> {
    const keys = records.filter(({ ordered }) => ordered).map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length, 'two records of one key in a request');
    assert.ok(
      keys.every(key => !this.#underWay.has(key)),
      'two requests with one key at once',
    );
    assert.ok(records.length > 0 && records.length <= limits.records);
    const bytes = records.reduce((sum, record) => sum + record.bytes, 0);
    assert.ok(records.length === 1 || bytes <= limits.bytes);
    for (const key of keys) this.#underWay.add(key);
    await delay(1);
    for (const key of keys) this.#underWay.delete(key);
    return this.#answer(records, this.#doings.shift() ?? 'none');
  }

  #answer(records: readonly StreamRecord[], doing: Doing): readonly (RecordFailure | undefined)[] {
    if (doing === 'whole' || doing === 'fatal') throw trouble(doing === 'whole');
    const refused = records.map((_record, index) => Array.isArray(doing) && doing[index % doing.length] === true);
    this.taken.push(...records.filter((_record, index) => refused[index] !== true));
    if (doing === 'lost') throw trouble(true);
    return refused.map(each => (each ? { code: 'TEST', message: 'no' } : undefined));
  }

  close(): void {
    // nothing is open
  }
}

const recordOf = (call: number, index: number, key: string, bytes: number, ordered: boolean): StreamRecord => ({
  key,
  bytes,
  ordered,
  lines: 1,
  data: Buffer.from(`${call}.${index}`),
});

const shipperFor = (stream: Stream, meter: Meter, options: { callMs?: number; bufferBytes?: number } = {}): Shipper =>
  new Shipper({
    stream,
    meter,
    explain: error => (error instanceof Trouble ? error : trouble(true)),
    herald: new Herald(() => undefined),
    bufferBytes: options.bufferBytes ?? 300,
    requests: 3,
    callMs: options.callMs ?? 5000,
    backoff: { firstMs: 1, longestMs: 3 },
  });

const textOf = ({ data }: StreamRecord): string => Buffer.from(data).toString();

const doings = fc.array(
  fc.oneof(
    fc.constantFrom<Doing>('whole', 'fatal', 'lost', 'none'),
    fc.array(fc.boolean(), { minLength: 1, maxLength: limits.records }),
  ),
  { maxLength: 12 },
);
const calls = fc.array(
  fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), bytes: fc.integer({ min: 1, max: 120 }) }), {
    minLength: 1,
    maxLength: 12,
  }),
  { minLength: 1, maxLength: 6 },
);

/** Ships calls side by side, and those that failed again until all are taken, from the first that failed on, as the outbox of an agent does. */
async function shipAll(shipper: Shipper, shipments: readonly (readonly StreamRecord[])[]): Promise<void> {
  let next = 0;
  for (let round = 0; next < shipments.length; round += 1) {
    assert.ok(round < 100, 'it does not come to an end');
    const outcomes = await Promise.allSettled(shipments.slice(next).map(records => shipper.ship(records)));
    const failed = outcomes.findIndex(({ status }) => status === 'rejected');
    next = failed === -1 ? shipments.length : next + failed;
    await delay(2); // an agent waits before it tries again
  }
}

test('whatever a stream does, every record arrives, in the order of its key, and memory is given back', async () => {
  await fc.assert(
    fc.asyncProperty(doings, calls, fc.boolean(), async (script, specs, ordered) => {
      const meter = new Meter();
      const stream = new ScriptedStream(script);
      const shipper = shipperFor(stream, meter);
      const shipments = specs.map((records, call) =>
        records.map(({ key, bytes }, index) => recordOf(call, index, key, bytes, ordered)),
      );
      await shipAll(shipper, shipments);
      const first = [...new Set(stream.taken.map(textOf))];
      assert.deepEqual(first.toSorted(), shipments.flat().map(textOf).toSorted());
      for (const key of ordered ? ['a', 'b', 'c'] : []) {
        const own = shipments
          .flat()
          .filter(record => record.key === key)
          .map(textOf);
        assert.deepEqual(
          first.filter(text => own.includes(text)),
          own,
        );
      }
      assert.equal(meter.waitingBytes, 0);
      assert.equal(meter.waitingRecords, 0);
      assert.ok(meter.records >= first.length);
      const largest = Math.max(...shipments.map(records => records.reduce((sum, { bytes }) => sum + bytes, 0)));
      assert.ok(meter.peakBytes <= Math.max(600, largest), `${meter.peakBytes} bytes`);
      await shipper.close(1000);
    }),
    { numRuns: 100 },
  );
});

test('a refused record holds back its own key only', async () => {
  const meter = new Meter();
  const stream = new ScriptedStream([[true, false]]);
  const shipper = shipperFor(stream, meter);
  await shipper.ship(['a', 'b', 'a', 'b'].map((key, index) => recordOf(0, index, key, 10, true)));
  assert.deepEqual(stream.taken.map(textOf).slice(0, 2), ['0.1', '0.3']);
  assert.deepEqual(stream.taken.map(textOf).slice(2), ['0.0', '0.2']);
  assert.equal(meter.failedRecords, 1);
});

test('a call that cannot succeed fails, and those after it', async () => {
  const meter = new Meter();
  const shipper = shipperFor(new ScriptedStream(['fatal']), meter);
  const outcomes = await Promise.allSettled([1, 2].map(call => shipper.ship([recordOf(call, 0, 'a', 10, true)])));
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(meter.waitingBytes, 0);
  await shipper.ship([recordOf(3, 0, 'a', 10, true)]);
});

test('the end fails what waits, and takes nothing any more', async () => {
  const meter = new Meter();
  const shipper = shipperFor(new ScriptedStream(Array.from({ length: 1000 }, () => 'whole' as const)), meter);
  const waiting = assert.rejects(shipper.ship([recordOf(0, 0, 'a', 10, true)]), /The logger is ending/);
  await shipper.close(1000);
  await waiting;
  await assert.rejects(shipper.ship([recordOf(1, 0, 'a', 10, true)]), /The logger is ending/);
  assert.equal(meter.waitingBytes, 0);
});
