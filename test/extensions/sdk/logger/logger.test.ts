import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeLoggerRequest, defineLogger, encodeLoggerRequest, hostPlugin, type LoggedStatus } from '@outpost/sdk';
import fc from 'fast-check';

const shape = { name: 'sink', description: 'Takes lines.' } as const;
const status: LoggedStatus = {
  severity: 1,
  file: 'scheduler.cpp',
  line: 7,
  message: 'slow',
  hostIdentifier: 'h',
  calendarTime: 'now',
  unixTime: 9,
};
const statusJson = '[{"s":1,"f":"scheduler.cpp","i":7,"m":"slow","h":"h","c":"now","u":9}]';

function recorder() {
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    (...given: unknown[]): void =>
      void calls.push([name, ...given]);
  return { calls, note };
}

test('every request reaches its handler', async () => {
  const { calls, note } = recorder();
  const host = hostPlugin(
    defineLogger({
      ...shape,
      init: note('init'),
      logString: note('string'),
      logSnapshot: note('snapshot'),
      logStatus: note('status'),
      logBatch: note('batch'),
      logEvent: note('event'),
    }),
  );
  for (const request of [
    { init: 'osqueryd' },
    { string: 'line', category: 'event' },
    { snapshot: 'shot' },
    { status: 'true', log: statusJson },
    { string_batch: '["a","b"]' },
    { event: '{}' },
  ])
    assert.equal((await host(request)).status.code, 0);
  assert.deepEqual(calls, [
    ['init', 'osqueryd'],
    ['string', 'line'],
    ['snapshot', 'shot'],
    ['status', [status]],
    ['batch', ['a', 'b']],
    ['event', '{}'],
  ]);
});

test('what a logger leaves out goes to logString or is not enabled', async () => {
  const { calls, note } = recorder();
  const host = hostPlugin(defineLogger({ ...shape, logString: note('string') }));
  await host({ snapshot: 'shot' });
  await host({ string_batch: '["a","b"]' });
  assert.equal((await host({ init: 'x' })).status.code, 0);
  assert.deepEqual(calls, [
    ['string', 'shot'],
    ['string', 'a'],
    ['string', 'b'],
  ]);
  assert.deepEqual((await host({ status: 'true', log: '[]' })).status, { code: 1, message: 'Not enabled', uuid: 0 });
  assert.equal((await host({ event: '{}' })).status.message, 'Not enabled');
  assert.deepEqual((await host({ x: '' })).status, { code: 1, message: 'Unsupported call to logger plugin', uuid: 0 });
  assert.equal((await host({ string_batch: '5' })).status.code, 1);
});

test('features are the bits of the status code', async () => {
  const nothing = () => undefined;
  const features = async (handlers: object) =>
    (await hostPlugin(defineLogger({ ...shape, logString: nothing, ...handlers }))({ action: 'features' })).status.code;
  assert.equal(await features({}), 0);
  assert.equal(await features({ logStatus: nothing }), 1);
  assert.equal(await features({ logEvent: nothing }), 2);
  assert.equal(await features({ logStatus: nothing, logEvent: nothing }), 3);
});

test('lines that are not delivered are said to be', async () => {
  const picky = defineLogger({
    ...shape,
    logString: async line => {
      if (line.startsWith('bad')) throw new Error(`refused ${line}`);
    },
  });
  const host = hostPlugin(picky);
  assert.deepEqual((await host({ string: 'bad' })).status, { code: 1, message: 'refused bad', uuid: 0 });
  const batch = await host({ string_batch: '["bad 1","good","bad 2"]' });
  assert.equal(batch.status.message, '2 of 3 lines were not logged: refused bad 1');
});

test('a definition without logString is refused', () => {
  assert.throws(() => defineLogger({ ...shape } as never), /logString is missing/);
});

test('requests survive', () => {
  const word = fc.string();
  const entry = fc.record<LoggedStatus>({
    severity: fc.nat(3),
    file: word,
    line: fc.nat(),
    message: word,
    hostIdentifier: word,
    calendarTime: word,
    unixTime: fc.nat(),
  });
  const request = fc.oneof(
    fc.record({ kind: fc.constant('string' as const), line: word }),
    fc.record({ kind: fc.constant('batch' as const), lines: fc.array(word) }),
    fc.record({ kind: fc.constant('snapshot' as const), line: word }),
    fc.record({ kind: fc.constant('init' as const), processName: word }),
    fc.record({ kind: fc.constant('status' as const), statuses: fc.array(entry) }),
    fc.record({ kind: fc.constant('event' as const), event: word }),
    fc.record({ kind: fc.constant('features' as const) }),
  );
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  fc.assert(
    fc.property(request, given => assert.deepEqual(decodeLoggerRequest(encodeLoggerRequest(given)), plain(given))),
  );
  assert.deepEqual(decodeLoggerRequest({ status: 'true', log: '[{}, 5]' }), {
    kind: 'status',
    statuses: Array(2).fill({
      severity: 0,
      file: '',
      line: 0,
      message: '',
      hostIdentifier: '',
      calendarTime: '',
      unixTime: 0,
    }),
  });
  assert.deepEqual(encodeLoggerRequest({ kind: 'status', statuses: [status] }), { status: 'true', log: statusJson });
});
