import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LogAnswer, type LogLine, OutpostError } from '@outpost/protocol';
import { defineLogger, type LoggerSpec } from '@outpost/sdk';
import { LoggerSink } from '../../../core/src/agent/sinks.ts';
import { Registry, type RemoteCaller } from '../../../core/src/extensions/registry.ts';
import type { Entry } from '../../../core/src/results/outbox/record.ts';

const status = '{"s":1,"f":"scheduler","i":0,"m":"late","h":"host","c":"now","u":5}';
const entries: readonly Entry[] = [
  { sequence: 1, kind: 'result', text: '{"n":1}' },
  { sequence: 1, kind: 'status', text: status },
  { sequence: 2, kind: 'snapshot', text: '{"n":2}' },
  { sequence: 3, kind: 'result', text: '{"n":3}' },
];

const sinkOver = (spec: Partial<LoggerSpec>) => {
  const got: string[] = [];
  const registry = new Registry();
  registry.addLocal(
    defineLogger({
      name: 'log',
      description: 'Notes what it gets.',
      init: name => void got.push(`init ${name}`),
      logString: line => void got.push(`result ${line}`),
      ...spec,
    }),
  );
  return { got, registry, sink: new LoggerSink(registry, 'log', 'outpostd') };
};

test('lines reach a logger in order, each by the request of its kind, after it was introduced to once', async () => {
  const { got, sink } = sinkOver({
    logSnapshot: line => void sinkLines.push(`snapshot ${line}`),
    logStatus: lines => void sinkLines.push(`status ${lines.map(({ message }) => message).join()}`),
    logString: line => void sinkLines.push(`result ${line}`),
  });
  const sinkLines = got;
  await sink.deliver(entries);
  await sink.deliver([{ sequence: 4, kind: 'result', text: '{"n":4}' }]);
  assert.deepEqual(got, [
    'init outpostd',
    'result {"n":1}',
    'status late',
    'snapshot {"n":2}',
    'result {"n":3}',
    'result {"n":4}',
  ]);
});

test('a logger without a handler for statuses is sent none', async () => {
  const { got, sink } = sinkOver({});
  await sink.deliver(entries);
  assert.deepEqual(got, ['init outpostd', 'result {"n":1}', 'result {"n":2}', 'result {"n":3}']);
});

test('what a logger throws means that nothing is delivered, and it is introduced to again', async () => {
  let fail = true;
  const { got, sink } = sinkOver({
    logString: () => {
      if (fail) throw new Error('the disk is full');
    },
  });
  await assert.rejects(
    sink.deliver(entries),
    (error: unknown) => error instanceof OutpostError && /the disk is full/.test(error.message),
  );
  fail = false;
  await sink.deliver(entries);
  assert.deepEqual(got, ['init outpostd', 'init outpostd']);
});

test('a logger of this process that cannot take a status line gets it again', async () => {
  let fail = true;
  const taken: string[] = [];
  const { sink } = sinkOver({
    logStatus: lines => {
      if (fail) throw new Error('the disk is full');
      taken.push(...lines.map(({ message }) => message));
    },
  });
  await assert.rejects(sink.deliver(entries.slice(1, 2)), /the disk is full/);
  fail = false;
  await sink.deliver(entries.slice(1, 2));
  assert.deepEqual(taken, ['late']);
});

/** The logger of an extension that refuses status lines. @param features what it says when it is asked for its features */
const refusing = (features: string): LoggerSink => {
  const registry = new Registry();
  const call: RemoteCaller['call'] = async (_registry, _item, request) => ({
    status: {
      code: request.string === undefined ? 1 : 0,
      message: request.action === undefined ? 'no' : features,
      uuid: 0,
    },
    response: [],
  });
  registry.addRoutes(1, 'ext', { logger: { log: [] } }, { call });
  return new LoggerSink(registry, 'log', 'outpostd');
};

test('the logger of an extension that cannot take a status line gets it again', async () => {
  await assert.rejects(refusing('OK').deliver(entries.slice(1, 2)), /The logger log did not take a line: no/);
});

test('the logger of an old SDK, which refuses to tell its features, may refuse status lines', () =>
  refusing('unknown log request').deliver(entries.slice(0, 2)));

test('a logger that is not there, or says at the start that it cannot work, is an error', async () => {
  const { sink } = sinkOver({
    init: () => {
      throw new Error('no such directory');
    },
  });
  await assert.rejects(sink.begin(), /no such directory/);
  await assert.rejects(new LoggerSink(new Registry(), 'other', 'outpostd').begin(), /The logger other is not there/);
});

/** The logger of an extension of version 2. @param features the bits that it answers with */
const leased = (answer: (lines: readonly LogLine[]) => LogAnswer, features = 1) => {
  const batches: [kind: number, text: string][][] = [];
  const registry = new Registry();
  registry.addRoutes(
    1,
    'ext',
    { logger: { log: [] } },
    {
      call: async (_registry, _item, { action }) => ({
        status: { code: action === 'features' ? features : 0, message: 'OK', uuid: 0 },
        response: [],
      }),
      logLines: async (_logger, lines) => {
        batches.push(lines.map(({ kind, line }) => [kind, Buffer.from(line).toString()]));
        return answer(lines);
      },
    },
  );
  return { batches, sink: new LoggerSink(registry, 'log', 'outpostd') };
};

const all = (lines: readonly LogLine[]): LogAnswer => ({ accepted: lines.length, failure: undefined });

test('a logger of version 2 is given lines of all kinds in one batch, in order', async () => {
  const { batches, sink } = leased(all);
  let taken = 0;
  await sink.deliver(entries, count => {
    taken += count;
  });
  assert.deepEqual(batches, [
    [
      [0, '{"n":1}'],
      [2, `[${status}]`],
      [1, '{"n":2}'],
      [0, '{"n":3}'],
    ],
  ]);
  assert.equal(taken, 4);
});

test('a logger of version 2 that wants no status lines is given none', async () => {
  const { batches, sink } = leased(all, 0);
  await sink.deliver(entries);
  assert.deepEqual(
    batches.map(batch => batch.length),
    [3],
  );
});

test('batches have at most 1,000 lines, and at most 1 MiB unless a line has more', async () => {
  const { batches, sink } = leased(all);
  const of = (length: number, size: number): Entry[] =>
    Array.from({ length }, (_, index) => ({ sequence: index + 1, kind: 'result', text: 'x'.repeat(size) }));
  await sink.deliver(of(2500, 10));
  await sink.deliver([...of(1, 3_000_000), ...of(3, 400_000)]);
  assert.deepEqual(
    batches.map(batch => batch.length),
    [1000, 1000, 500, 1, 2, 1],
  );
});

test('what a logger of version 2 did not take is told, and why', async () => {
  const failure = new OutpostError('PLUGIN_FAILED', { message: 'the disk is full' });
  const { sink } = leased(() => ({ accepted: 2, failure }));
  let taken = 0;
  const delivering = sink.deliver(entries, count => {
    taken += count;
  });
  await assert.rejects(delivering, /The logger log did not take a line: the disk is full/);
  assert.equal(taken, 2);
  const { sink: silent } = leased(() => ({ accepted: 1, failure: undefined }));
  await assert.rejects(silent.deliver(entries), /it took 1 of 4 lines/);
});
