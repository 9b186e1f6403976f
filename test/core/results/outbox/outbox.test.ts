import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { backoffMs } from '../../../../core/src/results/outbox/backoff.ts';
import type { Sink } from '../../../../core/src/results/outbox/courier.ts';
import { Outbox, type OutboxOptions } from '../../../../core/src/results/outbox/outbox.ts';
import type { Entry } from '../../../../core/src/results/outbox/record.ts';
import { Store } from '../../../../core/src/storage/store.ts';
import { packText } from '../../../../core/src/storage/values.ts';
import { FakeClock, settle } from '../../schedule/fake-clock.ts';

const result = (text: string) => ({ kind: 'result', text }) as const;
const status = (text: string) => ({ kind: 'status', text }) as const;

class Recorder implements Sink {
  readonly entries: Entry[] = [];
  failing = false;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  async deliver(entries: readonly Entry[]): Promise<void> {
    if (this.failing) throw new Error('the disk is full');
    this.entries.push(...entries);
  }

  get texts(): string[] {
    return this.entries.map(entry => entry.text);
  }
}

function options(
  changes: Partial<OutboxOptions> = {},
): OutboxOptions & { readonly said: string[]; readonly clock: FakeClock } {
  const said: string[] = [];
  return {
    loggers: ['one', 'two'],
    budgetBytes: 1e6,
    sequence: false,
    report: (severity, message) => said.push(`${severity} ${message}`),
    statusText: message => message,
    random: () => 1,
    ...changes,
    clock: new FakeClock(),
    said,
  };
}

test('lines reach every logger in order, numbered by kind, and are forgotten when all have them', async () => {
  const store = Store.memory();
  const outbox = await Outbox.open(store, options());
  const [one, two] = [new Recorder('one'), new Recorder('two')];
  await outbox.attach(one);
  assert.equal(await outbox.commit([], [result('a'), status('s'), { kind: 'snapshot', text: 'b' }]), 1);
  assert.equal(await outbox.commit([], [result('c')]), 3);
  await settle();
  const expected = [
    [1, 'result', 'a'],
    [1, 'status', 's'],
    [2, 'snapshot', 'b'],
    [3, 'result', 'c'],
  ];
  assert.deepEqual(
    one.entries.map(({ sequence, kind, text }) => [sequence, kind, text]),
    expected,
  );
  assert.equal(outbox.size.lines, 4);
  await outbox.attach(two);
  await settle();
  assert.deepEqual(two.texts, one.texts);
  assert.deepEqual(outbox.size, { bytes: 0, lines: 0, dropped: 0 });
  assert.deepEqual(await store.scan('outbox', { limit: 9 }), []);
  await outbox.close();
});

test('with sequence numbers, they are the last member of results and snapshots', async () => {
  const outbox = await Outbox.open(Store.memory(), options({ sequence: true, loggers: ['one'] }));
  const one = new Recorder('one');
  await outbox.attach(one);
  await outbox.commit([], [result('{"a":1}'), status('{"s":0}'), result('{"b":2}')]);
  await settle();
  assert.deepEqual(one.texts, ['{"a":1,"sequence":1}', '{"s":0}', '{"b":2,"sequence":2}']);
});

test('operations and lines are one batch, and operations alone need no logger', async () => {
  const store = Store.memory();
  const outbox = await Outbox.open(store, options({ loggers: [] }));
  await outbox.commit([{ type: 'put', domain: 'queries', key: 'q', value: packText('x') }], [result('a')]);
  assert.notEqual(await store.get('queries', 'q'), undefined);
  assert.deepEqual(await store.scan('outbox', { limit: 9 }), []);
});

test('a logger that fails is tried again, later and later, told of once, and holds back no other', async () => {
  const settings = options();
  const outbox = await Outbox.open(Store.memory(), settings);
  const [one, two] = [new Recorder('one'), new Recorder('two')];
  one.failing = true;
  await outbox.attach(one);
  await outbox.attach(two);
  await outbox.commit([], [result('a')]);
  await settings.clock.advance(16_000);
  await outbox.commit([], [result('b')]);
  await settle();
  assert.deepEqual(two.texts, ['a', 'b']);
  assert.deepEqual(settings.clock.sleeps, [1000, 2000, 4000, 8000, 16_000]);
  one.failing = false;
  await settings.clock.advance(60_000);
  assert.deepEqual(one.texts, ['a', 'b']);
  assert.deepEqual(settings.said, [
    'warning The logger one did not take its lines, which wait and are tried again: the disk is full',
    'info The logger one takes lines again, after 5 failures.',
  ]);
  await outbox.close();
});

test('the wait before another attempt is bounded and jittered', () => {
  const limits = { firstMs: 1000, longestMs: 60_000 };
  assert.equal(
    backoffMs(1, limits, () => 0),
    500,
  );
  assert.equal(
    backoffMs(40, limits, () => 1),
    60_000,
  );
});

test('beyond the budget the oldest lines go, and the log says how many', async () => {
  const settings = options({ budgetBytes: 500, loggers: ['one'] });
  const outbox = await Outbox.open(Store.memory(), settings);
  for (let i = 0; i < 50; i++) await outbox.commit([], [result(`line ${i} ${'x'.repeat(80)}`)]);
  assert.ok(outbox.size.bytes <= 900);
  const one = new Recorder('one');
  await outbox.attach(one);
  await settings.clock.advance(60_000);
  await outbox.commit([], [result('last')]);
  await settle();
  const told = one.entries.filter(({ kind }) => kind === 'status').map(({ text }) => Number.parseInt(text, 10));
  const results = one.entries.filter(({ kind }) => kind === 'result');
  assert.deepEqual(results.at(-1)?.text, 'last');
  assert.equal(results[0]?.text, `line ${51 - results.length} ${'x'.repeat(80)}`);
  // The first of all dropped lines was told of at once, in a line that was dropped itself; the rest after a minute.
  assert.equal((told.at(-1) ?? 0) + 1, outbox.size.dropped);
  await outbox.close();
});

test('a logger that is configured no more holds nothing back, and a new one begins with the next line', async () => {
  const store = Store.memory();
  const first = await Outbox.open(store, options());
  const one = new Recorder('one');
  await first.attach(one);
  await first.commit([], [result('a')]);
  await settle();
  await first.close();
  const second = await Outbox.open(store, options({ loggers: ['one', 'three'] }));
  assert.equal(second.size.lines, 0);
  const three = new Recorder('three');
  await second.attach(three);
  await second.commit([], [result('b')]);
  await settle();
  assert.deepEqual(three.entries, [{ sequence: 2, kind: 'result', text: 'b' }]);
  await second.close();
});

test('drain waits for loggers that take lines, and not for those that do not', async () => {
  const settings = options();
  const outbox = await Outbox.open(Store.memory(), settings);
  const [one, two] = [new Recorder('one'), new Recorder('two')];
  two.failing = true;
  await outbox.attach(one);
  await outbox.attach(two);
  await outbox.commit([], [result('a')]);
  await outbox.drain(10_000);
  assert.deepEqual(one.texts, ['a']);
  await outbox.close();
});

test('a large commit is delivered whole', async () => {
  const outbox = await Outbox.open(Store.memory(), options({ budgetBytes: 1e9, loggers: ['one'] }));
  const one = new Recorder('one');
  await outbox.attach(one);
  const lines = Array.from({ length: 50_000 }, (_, i) => result(`${i} ${'y'.repeat(100)}`));
  await outbox.commit([], lines);
  for (let i = 0; i < 50 && one.entries.length < lines.length; i++) await settle();
  assert.deepEqual(
    one.texts,
    lines.map(line => line.text),
  );
  await outbox.close();
});

/** The agent dies between a delivery and its acknowledgement: the store loses what it has not been given yet. */
class MortalStore {
  readonly store = Store.memory();
  left = Number.POSITIVE_INFINITY;

  view(): Store {
    const { store } = this;
    return new Proxy(store, {
      get: (target, property) => {
        if (property === 'batch')
          return async (operations: Parameters<Store['batch']>[0]) => {
            if (this.left-- <= 0) throw new Error('dead');
            await store.batch(operations);
          };
        const value = Reflect.get(target, property, target) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}

interface Life {
  /** How many lines each commit has. */
  readonly commits: readonly number[];
  readonly writesUntilDeath: number;
  /** How often the logger `one` refuses at first. */
  readonly downFor: number;
}

/** A logger of the model: it remembers all that it was given, across the lives of the agent. */
class Witness {
  readonly seen = new Map<number, string>();
  readonly order: number[] = [];
  readonly contradictions: string[] = [];

  sink(name: string, downFor: number): Sink {
    let down = downFor;
    return {
      name,
      deliver: async entries => {
        if (down-- > 0) throw new Error('down');
        for (const { sequence, text } of entries) this.#see(sequence, text);
      },
    };
  }

  #see(sequence: number, text: string): void {
    const before = this.seen.get(sequence) ?? text;
    if (before !== text) this.contradictions.push(`${sequence} was ${before} and is ${text}`);
    this.seen.set(sequence, text);
    this.order.push(sequence);
  }
}

/** An agent that lives several lives over one store. */
class World {
  readonly mortal = new MortalStore();
  readonly committed = new Map<number, string>();
  readonly one = new Witness();
  readonly two = new Witness();
  #counter = 0;

  async live({ commits, writesUntilDeath, downFor }: Life): Promise<void> {
    this.mortal.left = Number.POSITIVE_INFINITY;
    const settings = options({ backoff: { firstMs: 10, longestMs: 20 } });
    const outbox = await Outbox.open(this.mortal.view(), settings);
    this.mortal.left = writesUntilDeath;
    await outbox.attach(this.one.sink('one', downFor));
    await outbox.attach(this.two.sink('two', 0));
    for (const size of commits) await this.#commit(outbox, size);
    await settings.clock.advance(200);
    await outbox.close();
  }

  async #commit(outbox: Outbox, size: number): Promise<void> {
    const texts = Array.from({ length: size }, () => `line ${this.#counter++}`);
    const first = await outbox.commit([], texts.map(result)).catch(() => undefined);
    if (first === undefined) return;
    for (const [index, text] of texts.entries()) this.committed.set(first + index, text);
  }
}

const byNumber = (lines: ReadonlyMap<number, string>): [number, string][] => [...lines].sort(([a], [b]) => a - b);

test('model: at random deaths nothing acknowledged is lost, order is kept, a line that comes again has its number', async () => {
  const life = fc.record<Life>({
    commits: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 8 }),
    writesUntilDeath: fc.integer({ min: 1, max: 25 }),
    downFor: fc.integer({ min: 0, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 5 }), async lives => {
      const world = new World();
      for (const each of lives) await world.live(each);
      await world.live({ commits: [1], writesUntilDeath: Number.POSITIVE_INFINITY, downFor: 0 });
      for (const { seen, order, contradictions } of [world.one, world.two]) {
        assert.deepEqual(contradictions, []);
        assert.deepEqual(byNumber(seen), byNumber(world.committed));
        // The first time, each comes right after the one before it: in order, and without gaps.
        const numbers = [...new Set(order)];
        assert.deepEqual(
          numbers,
          [...numbers.keys()].map(index => index + 1),
        );
      }
      assert.deepEqual(await world.mortal.store.scan('outbox', { limit: 9 }), []);
    }),
    { numRuns: 60 },
  );
});

test('lines that a logger took do not come again because that could not be stored', async context => {
  const store = Store.memory();
  const settings = options({ loggers: ['one'] });
  const outbox = await Outbox.open(store, settings);
  const one = new Recorder('one');
  await outbox.commit([], [result('a')]);
  const full = context.mock.method(store, 'batch', () => Promise.reject(new Error('no space left')));
  await outbox.attach(one);
  await settings.clock.advance(120_000);
  assert.deepEqual(one.texts, ['a']);
  assert.deepEqual(settings.said, [
    'warning How far the logger one has come could not be stored, which is tried again before it is given more: no space left',
  ]);
  full.mock.restore();
  await outbox.commit([], [result('b')]);
  await settings.clock.advance(120_000);
  assert.deepEqual(one.texts, ['a', 'b']);
  assert.deepEqual(outbox.lags(), new Map([['one', 0]]));
  await outbox.close();
});

test('lines that cannot be stored are handed over past the store, and whether all loggers took them is told', async () => {
  const outbox = await Outbox.open(Store.memory(), options());
  assert.equal(await outbox.pass(['nobody']), false);
  const [one, two] = [new Recorder('one'), new Recorder('two')];
  await outbox.attach(one);
  await outbox.attach(two);
  assert.equal(await outbox.pass(['a']), true);
  two.failing = true;
  assert.equal(await outbox.pass(['b']), false);
  assert.deepEqual([one.texts, two.texts], [['a', 'b'], ['a']]);
  await outbox.close();
});

/** A logger that takes a few lines and then fails, until it is mended. */
class Sparing implements Sink {
  readonly name = 'one';
  readonly texts: string[] = [];
  left: number;

  constructor(left: number) {
    this.left = left;
  }

  async deliver(entries: readonly Entry[], taken: (count: number) => void): Promise<void> {
    const count = Math.min(this.left, entries.length);
    this.left -= count;
    this.texts.push(...entries.slice(0, count).map(({ text }) => text));
    taken(count);
    if (count < entries.length) throw new Error('the disk is full');
  }
}

test('lines that a logger took before it failed do not come again', async () => {
  const settings = options({ loggers: ['one'] });
  const outbox = await Outbox.open(Store.memory(), settings);
  const sparing = new Sparing(3);
  await outbox.attach(sparing);
  await outbox.commit([], ['a', 'b', 'c', 'd', 'e'].map(result));
  await settle();
  assert.deepEqual(sparing.texts, ['a', 'b', 'c']);
  await outbox.commit([], [result('f')]);
  sparing.left = 1;
  await settings.clock.advance(120_000);
  await settle();
  sparing.left = 100;
  await settings.clock.advance(120_000);
  await settle();
  assert.deepEqual(sparing.texts, ['a', 'b', 'c', 'd', 'e', 'f']);
  await outbox.close();
});
