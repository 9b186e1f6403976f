import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeptRows } from '../../../../core/src/engine/sources/row-cache.ts';
import { TableCache } from '../../../../core/src/engine/sources/table-cache.ts';
import { Cached } from './row-cache-harness.ts';

const whole = 'select turn, n, k from cacheable order by n';
const at = (step: number, interval = 5) => ({ step, interval });

test('scheduled queries share the rows of a cacheable table for the interval of the one that asked', async context => {
  const cached = new Cached(context);
  assert.equal((await cached.query(whole, at(100))).asked.cacheable, 1);
  const shared = await cached.query('select turn, n, k from cacheable', at(104, 1));
  assert.equal(shared.asked.cacheable, undefined);
  assert.deepEqual(shared.counters.cacheable, { hits: 1, misses: 0, refused: 0 });
  assert.equal((await cached.query(whole, at(105))).asked.cacheable, 1);
});

test('a narrowing constraint neither spoils the rows that are kept nor keeps a query from them', async context => {
  const cached = new Cached(context);
  const one = await cached.query('select turn, n, k from cacheable where n = 2', at(1));
  assert.equal(one.rows.length, 1);
  const other = await cached.query('select turn, n, k from cacheable where n = 3', at(2));
  assert.equal(other.asked.cacheable, undefined);
  assert.deepEqual(
    other.rows.map(([, n]) => n),
    [3],
  );
});

const apart: readonly (readonly [why: string, sql: string, scheduled: boolean])[] = [
  ['it is not scheduled', whole, false],
  ['it does not read every column', 'select turn, n from cacheable', true],
  ['it constrains an indexed column', 'select turn, n, k from cacheable where k = 1', true],
];
for (const [why, sql, scheduled] of apart)
  test(`a query neither uses nor leaves rows when ${why}`, async context => {
    const cached = new Cached(context);
    await cached.query(sql, scheduled ? at(1) : undefined);
    assert.equal((await cached.query(whole, at(2))).asked.cacheable, 1);
    assert.equal((await cached.query(sql, scheduled ? at(3) : undefined)).asked.cacheable, 1);
  });

test('a table that is not cacheable is asked by each query', async context => {
  const cached = new Cached(context);
  const sql = 'select n, turn, word from turns';
  await cached.query(sql, at(1));
  assert.equal((await cached.query(sql, at(1))).asked.turns, 1);
});

test('rows of before are forgotten when something is written, and when the catalog has another table', async context => {
  const cached = new Cached(context);
  await cached.query('select n from notes', at(1));
  assert.equal((await cached.query('select n from notes', at(2))).asked.notes, undefined);
  await cached.query('insert into notes values (9)');
  assert.deepEqual((await cached.query('select max(n) from notes', at(2))).rows, [[9]]);
  await cached.query(whole, at(2));
  cached.declare();
  assert.equal((await cached.query(whole, at(2))).asked.cacheable, 1);
});

test('the rows of all tables take up no more than told', () => {
  const cache = new TableCache(1_000);
  const rows = (bytes: number): KeptRows => ({ key: 'k', usedLow: 0, usedHigh: 0, blocks: [], bytes });
  for (let n = 0; n < 20; n++) {
    cache.keep(`t${n}`, rows(300), at(1));
    assert.ok(cache.bytes <= 1_000);
  }
  assert.equal(cache.find('t0', at(1)), undefined);
  assert.ok(cache.find('t19', at(1)));
  cache.keep('t19', rows(501), at(1));
  assert.equal(cache.find('t19', at(1)), undefined);
  assert.equal(cache.find('t18', at(6)), undefined);
  assert.equal(cache.bytes, 300);
});
