import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CacheCounters, KeptStream, RowCache } from '../../../../core/src/engine/sources/row-cache.ts';
import type { BlockStream } from '../../../../core/src/engine/sources/source.ts';
import { Cached } from './row-cache-harness.ts';

test('a table that is visited twice is asked once, so that its rows are the same within a query and others in the next', async context => {
  const cached = new Cached(context);
  const sql = 'select a.n, a.turn, b.turn from turns a join turns b on a.n = b.n';
  const first = await cached.query(sql);
  assert.equal(first.asked.turns, 1);
  assert.deepEqual(first.counters.turns, { hits: 3, misses: 1, refused: 0 });
  const [[, left, right] = []] = first.rows;
  assert.equal(left, right);
  const second = await cached.query(sql);
  assert.equal(second.asked.turns, 1);
  assert.equal(cached.connection.caches.rows.bytes, 0);
});

test('the statements of a text are one query', async context => {
  const cached = new Cached(context);
  assert.equal((await cached.query('select * from turns; select * from turns')).asked.turns, 1);
});

test('rows with more columns serve a scan that wants fewer of them, and not the other way round', async context => {
  const cached = new Cached(context);
  const narrower = await cached.query(
    'select n, turn, word from turns; select word from turns; select count(*) from turns',
  );
  assert.equal(narrower.asked.turns, 1);
  assert.deepEqual(
    narrower.rows.slice(3).map(row => row.filter(value => value !== null)),
    [['word 1'], ['word 2'], ['word 3'], [3]],
  );
  assert.equal((await cached.query('select word from turns; select n, word from turns')).asked.turns, 2);
});

test('a lookup is made once for each key', async context => {
  const cached = new Cached(context);
  const {
    rows,
    asked: calls,
    counters,
  } = await cached.query(
    'with w(x) as (values (1), (2), (1), (2), (1)) select sum(twice) from w cross join keyed on k = x',
  );
  assert.deepEqual(rows, [[14]]);
  assert.equal(calls.keyed, 2);
  assert.deepEqual(counters.keyed, { hits: 3, misses: 2, refused: 0 });
});

test('a table that does not heed the constraints of a join is asked three times at most', async context => {
  const cached = new Cached(context);
  const sql =
    'with recursive w(x) as (select 1 union all select x + 1 from w where x < 50) select count(*) from w cross join TABLE t on t.n = x';
  const ignoring = await cached.query(sql.replace('TABLE', 'turns'));
  assert.deepEqual(ignoring.rows, [[3]]);
  assert.equal(ignoring.asked.turns, 3);
  const heeding = await cached.query(sql.replace('TABLE', 'heeding'));
  assert.deepEqual(heeding.rows, [[39]]);
  assert.equal(heeding.asked.heeding, 50);
});

test('rows of a scan that SQLite ended early are not taken for all', async context => {
  const cached = new Cached(context);
  const { rows } = await cached.query(
    'select count(*) from (select n from long limit 1); select count(*) from (select n from long)',
  );
  assert.deepEqual(rows, [[1], [5000]]);
});

test('a write makes every table be asked anew', async context => {
  const cached = new Cached(context);
  const { rows, asked: calls } = await cached.query(
    'select turn from turns limit 1; insert into notes values (7); select n from notes; insert into notes values (8); select max(n) from notes; select n from turns',
  );
  assert.equal(calls.notes, 2);
  assert.equal(calls.turns, 2);
  assert.deepEqual(
    rows.flat().filter(value => value === 7 || value === 8),
    [7, 8],
  );
});

test('rows beyond half of the room are not kept, and that is counted', async context => {
  const cached = new Cached(context);
  const {
    asked: calls,
    counters,
    rows,
  } = await cached.query('select count(filler) from huge; select count(filler) from huge');
  assert.deepEqual(rows.flat(), [200, 200]);
  assert.equal(calls.huge, 2);
  assert.deepEqual(counters.huge, { hits: 0, misses: 2, refused: 2 });
});

const streamOf = (...blocks: readonly Uint8Array[]): BlockStream => {
  let at = 0;
  return {
    get more() {
      return at < blocks.length;
    },
    next: () => blocks[at++] ?? null,
    close: () => undefined,
  };
};

const drain = (stream: BlockStream): void => {
  while (stream.next() !== null);
  stream.close();
};

const scan = (key: string, counters: CacheCounters = { hits: 0, misses: 0, refused: 0 }) => ({
  key,
  usedLow: 7,
  usedHigh: 0,
  counters,
});

test('the oldest rows make room for new ones, and no more is taken up than told', () => {
  const cache = new RowCache(20_000);
  for (let n = 0; n < 50; n++) {
    drain(cache.record(streamOf(new Uint8Array(3000)), scan(`k${n}`)));
    assert.ok(cache.bytes <= 20_000, `${cache.bytes} bytes`);
  }
  assert.equal(cache.find('k0', 1, 0), undefined);
  assert.ok(cache.find('k49', 1, 0));
});

test('what a stream gave is copied, since its buffer may be filled anew', () => {
  const cache = new RowCache();
  const buffer = Buffer.from('first');
  const stream = cache.record(streamOf(buffer, buffer), scan('k'));
  stream.next();
  buffer.write('other');
  stream.next();
  const kept = cache.find('k', 7, 0);
  assert.deepEqual(
    kept?.blocks.map(block => Buffer.from(block).toString()),
    ['first', 'other'],
  );
});

test('a scan that began before everything was forgotten is not kept, and takes up nothing', () => {
  const cache = new RowCache();
  const stream = cache.record(streamOf(new Uint8Array(10), new Uint8Array(10)), scan('k'));
  stream.next();
  cache.clear();
  drain(stream);
  assert.equal(cache.find('k', 7, 0), undefined);
  assert.equal(cache.bytes, 0);
});

test('a scan that is closed early gives its room back', () => {
  const cache = new RowCache();
  const stream = cache.record(streamOf(new Uint8Array(10), new Uint8Array(10)), scan('k'));
  stream.next();
  assert.ok(cache.bytes > 0);
  stream.close();
  assert.equal(cache.bytes, 0);
  assert.equal(cache.find('k', 7, 0), undefined);
});

test('rows of a scan that failed are not kept', () => {
  const cache = new RowCache();
  const broken: BlockStream = {
    more: true,
    next: () => {
      throw new Error('the table broke');
    },
    close: () => undefined,
  };
  const stream = cache.record(broken, scan('k'));
  assert.throws(() => stream.next(), /the table broke/);
  stream.close();
  assert.equal(cache.find('k', 7, 0), undefined);
  assert.equal(cache.bytes, 0);
});

test('kept rows are found only by who wants no other columns', () => {
  const cache = new RowCache();
  drain(cache.record(streamOf(new Uint8Array(10)), { ...scan('k'), usedLow: 0b101, usedHigh: 1 }));
  assert.ok(cache.find('k', 0b100, 1));
  assert.equal(cache.find('k', 0b010, 0), undefined);
  assert.equal(cache.find('k', 0b100, 2), undefined);
  const kept = cache.find('k', 0, 0);
  assert.ok(kept);
  assert.deepEqual(new KeptStream(kept).layout, [0b101, 1]);
});
