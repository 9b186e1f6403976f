import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Distributed } from '../../../core/src/distributed/index.ts';
import { Store } from '../../../core/src/storage/store.ts';
import { packText } from '../../../core/src/storage/values.ts';
import { FakeClock, settle } from '../schedule/fake-clock.ts';
import { harness } from './harness.ts';

const stats = { wall_time_ms: 1, user_time: 2, system_time: 3, memory: 4 };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('live queries', () => {
  it('run in the byte order of their ids and are answered together', async () => {
    const { distributed, plugin, ran, status } = await harness();
    plugin.responses = [{ queries: { b: 'two', é: 'three', a: 'bad', Z: 'one where 0', '': 'never' } }];
    await distributed.cycle();
    assert.deepEqual(ran, ['one where 0', 'bad', 'two', 'three']);
    assert.deepEqual(plugin.written, [
      {
        queries: { Z: [], a: [], b: [{ sql: 'two' }], é: [{ sql: 'three' }] },
        statuses: { Z: 0, a: 1, b: 0, é: 0 },
        messages: { Z: '', a: 'near "bad": syntax error', b: '', é: '' },
        stats: { Z: stats, a: { wall_time_ms: 0, user_time: 0, system_time: 0, memory: 0 }, b: stats, é: stats },
      },
    ]);
    assert.deepEqual(status.lines, ['E Error executing distributed query: a: near "bad": syntax error']);
    await distributed.cycle();
    assert.deepEqual(plugin.actions, ['getQueries', 'writeResults', 'getQueries']);
  });

  it('run where discovery gives a row', async () => {
    const { distributed, plugin, ran } = await harness();
    plugin.responses = [
      { queries: { a: 'one', b: 'two', c: 'three' }, discovery: { a: 'yes', b: 'no where 0', other: 'more' } },
    ];
    await distributed.cycle();
    assert.deepEqual(ran, ['yes', 'no where 0', 'more', 'one', 'three']);
    assert.deepEqual(plugin.written, [
      {
        queries: { a: [{ sql: 'one' }], c: [{ sql: 'three' }] },
        statuses: { a: 0, c: 0 },
        messages: { a: '', c: '' },
        stats: { a: stats, c: stats },
      },
    ]);
  });

  const shapes: readonly (readonly [name: string, response: unknown, ran: string[], warning?: string])[] = [
    ['nothing', '', []],
    ['no JSON', '{', [], 'W The plugin scripted gave no JSON: '],
    ['an array', [], []],
    ['null', 'null', []],
    ['queries of another type', { queries: ['a'], discovery: 5 }, []],
    [
      'a query of another type',
      { queries: { a: 'one', b: 5, c: 'three' }, accelerate: 9 },
      ['one'],
      'W A response with distributed queries is given up: the query b is no SQL',
    ],
    ['an empty query', { queries: { a: '' } }, [], 'W A response with distributed queries is given up: the query a is'],
    [
      'discovery of another type',
      { queries: { a: 'one' }, discovery: { a: null } },
      [],
      'W A response with distributed queries is given up: the discovery query of a is no SQL',
    ],
    [
      'discovery that fails',
      { queries: { a: 'one' }, discovery: { a: 'bad' } },
      ['bad'],
      'W A response with distributed queries is given up: the discovery query of a failed: near "bad": syntax error',
    ],
    ['acceleration of another type', { queries: { a: 'one' }, accelerate: '9' }, ['one']],
    ['an id twice', '{"queries":{"a":"one","a":"two"}}', ['two']],
    ['an id like a prototype', '{"queries":{"__proto__":"one"}}', ['one']],
  ];
  for (const [name, response, expected, warning] of shapes)
    it(`take a response that is ${name}`, async () => {
      const { distributed, plugin, ran, status } = await harness();
      plugin.responses = [response, response];
      await distributed.cycle();
      assert.deepEqual(ran, expected);
      assert.equal(status.lines.length, warning === undefined ? 0 : 1);
      assert.ok((status.lines[0] ?? '').startsWith(warning ?? ''), String(status.lines));
    });

  it('say the same trouble once', async () => {
    const { distributed, plugin, status } = await harness();
    plugin.responses = ['{', '{', '', '{'];
    for (let i = 0; i < 4; i++) await distributed.cycle();
    assert.equal(status.lines.length, 2);
  });

  it('are mentioned when that is wanted', async () => {
    const { distributed, plugin, status } = await harness({
      settings: () => ({ intervalSeconds: 60, logQueries: true }),
    });
    plugin.responses = [{ queries: { a: 'select 1' } }];
    await distributed.cycle();
    assert.deepEqual(status.lines, ['I Executing distributed query: a: select 1']);
  });
});

describe('results that are not taken', () => {
  it('are sent again with newer ones, which replace those of their id and go last', async () => {
    const { distributed, plugin, status } = await harness();
    plugin.writeFailure = 'down';
    plugin.responses = [{ queries: { a: 'one', b: 'two' } }, { queries: { a: 'three' } }];
    await distributed.cycle();
    await distributed.cycle();
    plugin.writeFailure = undefined;
    await distributed.cycle();
    assert.deepEqual(
      JSON.stringify((plugin.written[0] as { queries: unknown }).queries),
      '{"b":[{"sql":"two"}],"a":[{"sql":"three"}]}',
    );
    assert.equal(plugin.written.length, 1);
    assert.deepEqual(status.lines, [
      'W Writing distributed results to scripted fails: down',
      'I Writing distributed results to scripted works again',
    ]);
  });

  it('survive a restart, like queries and acceleration', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'distributed-'));
    try {
      const store = await Store.open(join(directory, 'db'), { onNotice: () => undefined });
      const first = await harness({ store });
      first.plugin.writeFailure = 'down';
      first.plugin.responses = [{ queries: { a: 'one' }, accelerate: 300 }];
      await first.distributed.cycle();
      await store.close();
      const again = await Store.open(join(directory, 'db'), { onNotice: () => undefined });
      const second = await harness({ store: again });
      assert.equal(second.distributed.pauseSeconds, 5);
      await second.distributed.cycle();
      assert.deepEqual(second.plugin.written, [
        { queries: { a: [{ sql: 'one' }] }, statuses: { a: 0 }, messages: { a: '' }, stats: { a: stats } },
      ]);
      assert.deepEqual(second.ran, []);
      assert.deepEqual(await again.scan('distributed', { prefix: 'result/', limit: 9 }), []);
      await again.close();
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('a query that kills the process', () => {
  it('is denied for its time from when the clock was set back, and not until then', async () => {
    const store = Store.memory();
    const dying = await harness({ store, runQuery: () => new Promise(() => undefined) });
    dying.plugin.responses = [{ queries: { a: 'kill' } }];
    void dying.distributed.cycle();
    await settle();
    const clock = new FakeClock(1_600_000_000_000);
    const { distributed, plugin, ran } = await harness({ store, clock });
    await distributed.cycle();
    await clock.advance(86_400_000);
    plugin.responses = [{ queries: { a: 'kill' } }];
    await distributed.cycle();
    assert.deepEqual(ran, []);
    await clock.advance(1000);
    plugin.responses = [{ queries: { a: 'kill' } }];
    await distributed.cycle();
    assert.deepEqual(ran, ['kill']);
  });

  it('is reported after the restart and not run', async () => {
    const store = Store.memory();
    const dying = await harness({ store, runQuery: () => new Promise(() => undefined) });
    dying.plugin.responses = [{ queries: { a: 'kill', b: 'two' } }];
    void dying.distributed.cycle();
    await settle();
    const { distributed, plugin, ran, status, clock } = await harness({ store });
    plugin.responses = [{ queries: { c: 'kill' } }];
    await distributed.cycle();
    assert.deepEqual(ran, ['two']);
    const message = 'distributed query is denylisted';
    assert.deepEqual(plugin.written, [
      {
        queries: { a: [], b: [{ sql: 'two' }], c: [] },
        statuses: { a: 1, b: 0, c: 1 },
        messages: { a: message, b: '', c: message },
        stats: { a: {}, b: stats, c: {} },
      },
    ]);
    assert.equal(status.lines[0], 'W Not executing denylisted distributed query: a');
    clock.spend(86_401_000);
    plugin.responses = [{ queries: { d: 'kill' } }];
    await distributed.cycle();
    assert.deepEqual(ran, ['two', 'kill']);
    assert.deepEqual(await store.scan('distributed_running', { limit: 9 }), []);
  });

  it('does so in discovery only once', async () => {
    const { distributed, plugin, ran, store, clock } = await harness();
    const value = packText(String(clock.now() / 1000));
    await store.batch([{ type: 'put', domain: 'distributed_running', key: sha256('kill'), value }]);
    plugin.responses = [{ queries: { a: 'one', b: 'two' }, discovery: { a: 'kill' } }];
    await distributed.cycle();
    assert.deepEqual(ran, ['two']);
  });
});

describe('the loop', () => {
  it('asks at once, then at the interval', async () => {
    const { distributed, plugin, clock } = await harness();
    const running = distributed.run();
    await settle();
    assert.equal(plugin.actions.length, 1);
    await clock.advance(59_000);
    assert.equal(plugin.actions.length, 1);
    await clock.advance(1000);
    assert.equal(plugin.actions.length, 2);
    await distributed.stop();
    await running;
  });

  it('asks every five seconds while it is accelerated', async () => {
    const { distributed, plugin, clock, status } = await harness();
    plugin.responses = [{ accelerate: 12 }];
    void distributed.run();
    await clock.advance(140_000);
    await distributed.stop();
    assert.deepEqual(clock.sleeps, [5000, 5000, 5000, 60_000, 60_000, 60_000]);
    assert.deepEqual(status.lines, ['I Accelerating distributed query checkins for 12 seconds']);
  });

  it('asks so for as long as was wished, wherever the clock is set', async () => {
    const store = Store.memory();
    const { distributed, plugin, clock } = await harness({ store });
    plugin.responses = [{ accelerate: 12 }];
    void distributed.run();
    await clock.advance(1000);
    clock.set(-1e9);
    await clock.advance(80_000);
    await distributed.stop();
    assert.deepEqual(clock.sleeps, [5000, 5000, 5000, 60_000, 60_000]);
    const early = await harness({ store, clock: new FakeClock(1_600_000_000_000) });
    assert.equal(early.distributed.pauseSeconds, 5);
    void early.distributed.run();
    await (early.options.clock as FakeClock).advance(80_000);
    assert.deepEqual((early.options.clock as FakeClock).sleeps, [5000, 5000, 5000, 60_000, 60_000]);
    await early.distributed.stop();
  });

  it('asks less often while the plugin fails, and says so once', async () => {
    const { distributed, plugin, clock, status } = await harness();
    plugin.readFailure = 'unreachable';
    void distributed.run();
    await clock.advance(1_100_000);
    assert.deepEqual(clock.sleeps, [60_000, 120_000, 240_000, 300_000, 300_000, 300_000]);
    plugin.readFailure = undefined;
    await clock.advance(300_000);
    assert.equal(clock.sleeps.at(-1), 60_000);
    await distributed.stop();
    assert.deepEqual(status.lines, [
      'W Reading distributed queries from scripted fails: unreachable',
      'I Reading distributed queries from scripted works again',
    ]);
  });

  it('stops a query, which runs after the next start', async () => {
    const { distributed, plugin, store, options } = await harness({
      runQuery: (_sql, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    });
    plugin.responses = [{ queries: { a: 'one' } }];
    void distributed.run();
    await settle();
    await distributed.stop();
    assert.deepEqual(plugin.written, []);
    assert.deepEqual(await store.scan('distributed_running', { limit: 9 }), []);
    const next = await harness({ store: options.store });
    await next.distributed.cycle();
    assert.deepEqual(next.ran, ['one']);
  });

  it('does not wait for what does not stop', async () => {
    const { distributed, plugin, store } = await harness({ runQuery: () => new Promise(() => undefined) });
    plugin.responses = [{ queries: { a: 'one' } }];
    void distributed.run();
    await settle();
    await distributed.stop(20);
    assert.deepEqual(await store.scan('distributed_running', { limit: 9 }), []);
    assert.equal((await store.scan('distributed', { prefix: 'query/', limit: 9 })).length, 1);
  });

  it('goes on when the store fails', async () => {
    const { options, status } = await harness();
    const broken = Store.memory();
    const distributed = await Distributed.open({ ...options, store: broken });
    await broken.close();
    await distributed.cycle();
    await distributed.cycle();
    assert.equal(status.lines.length, 1);
    assert.match(status.lines[0] ?? '', /^W .*closed/i);
  });
});
