import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markRunning } from '../../../core/src/schedule/marks.ts';
import { Quarantine } from '../../../core/src/schedule/quarantine.ts';
import { Store } from '../../../core/src/storage/store.ts';
import type { LastEnd } from '../../../core/src/watchdog/last-end.ts';
import type { RunningQuery } from '../../../core/src/watchdog/run-record.ts';
import { Sayings } from '../config/sayings.ts';

const query = { name: 's', query: 'select 1', interval: 1 };

/** A quarantine over a store that outlives it, at a time that a test sets. */
function shelf(flags = { strikes: true }) {
  const store = Store.memory();
  const status = new Sayings();
  const time = { now: 2000 };
  const load = (blame = true, end?: LastEnd) =>
    Quarantine.load({ store, status, now: () => time.now, strikes: () => flags.strikes }, blame, end);
  return { store, status, time, load };
}

test('a query that was running when the agent was ended is held, as osquery says it', async () => {
  const { store, status, time, load } = shelf({ strikes: false });
  await store.batch(markRunning(query, 1000));
  const quarantine = await load();
  assert.equal(await quarantine.denies(query), true);
  assert.equal(await quarantine.denies(query), true);
  assert.equal(await quarantine.denies({ ...query, name: 'other' }), false);
  assert.ok(quarantine.has('s'));
  assert.equal(status.lines[0], 'W Scheduled query may have failed: s');
  assert.match(status.lines[1] ?? '', /^W The query s is in quarantine for a day \(strike 1, ended the agent\): /);
  assert.deepEqual(status.lines.slice(2), [
    'W The caller does not want denied queries, skipping denied scheduled query: s',
  ]);
  const again = await load();
  assert.equal(status.lines.length, 3, 'the mark is gone');
  time.now = 2000 + 86_400;
  assert.equal(await again.denies(query), true);
  time.now += 1;
  assert.equal(await again.denies(query), false);
  assert.equal(status.lines.at(-1), 'I Scheduled denylisted query has expired: s');
  assert.equal((await load()).has('s'), false);
});

test('terms grow with strikes, across restarts, and strikes are forgotten in time', async () => {
  const { time, load } = shelf();
  const terms: number[] = [];
  for (let strike = 1; strike <= 5; strike++) {
    const quarantine = await load();
    await quarantine.strike(query, 'deadline', 'It took too long.');
    const [entry] = quarantine.rows();
    assert.equal(entry?.strikes, strike);
    terms.push((entry?.until ?? 0) - time.now);
    time.now = (entry?.until ?? 0) + 1;
    assert.equal(await quarantine.denies(query), false);
    assert.deepEqual(quarantine.rows(), []);
  }
  assert.deepEqual(terms, [300, 1800, 14_400, 86_400, 86_400]);
  time.now += 7 * 86_400;
  const quarantine = await load();
  await quarantine.strike(query, 'rows', 'Too many.');
  assert.equal(quarantine.rows()[0]?.strikes, 1);
});

test('a query that was struck and then ended the agent in the same run has one strike for it', async () => {
  const { store, load } = shelf();
  const before = await load();
  await store.batch(markRunning(query, 1000));
  await before.strike(query, 'limit', 'It took too much while it ran.');
  await before.strike(query, 'thread', 'Its thread was lost.');
  const [entry] = (await load()).rows();
  assert.deepEqual([entry?.strikes, entry?.reason], [1, 'limit']);
});

test('an edited query is not guilty of what it did before', async () => {
  const { status, load } = shelf();
  const quarantine = await load();
  await quarantine.strike(query, 'cpu', 'It span.');
  assert.equal(await quarantine.denies({ ...query, query: 'select 2' }), false);
  assert.equal(status.lines.at(-1), 'I The query s was edited and leaves the quarantine.');
  assert.equal(await quarantine.denies(query), false);
});

test('a query is let go by hand, and its strikes are forgotten', async () => {
  const { load } = shelf();
  const quarantine = await load();
  await quarantine.strike(query, 'bytes', 'Too large.');
  assert.equal(await quarantine.lift('s'), true);
  assert.equal(await quarantine.lift('s'), false);
  assert.equal(await quarantine.denies(query), false);
  await quarantine.strike(query, 'bytes', 'Too large.');
  assert.equal(quarantine.rows()[0]?.strikes, 1);
});

test('without a watchdog, or with its own option, a query is not held', async () => {
  const { store, load } = shelf();
  await store.batch(markRunning(query, 1000));
  assert.equal((await load(false)).has('s'), false);
  await store.batch(markRunning(query, 1000));
  const quarantine = await load(true);
  assert.equal(await quarantine.denies({ ...query, denylist: false }), false);
  assert.equal(quarantine.has('s'), false);
  await quarantine.strike({ ...query, denylist: false }, 'deadline', 'It took too long.');
  assert.equal(quarantine.has('s'), false);
});

test('a clock that is set forward ends a term, one that is set back begins it anew and does not lengthen it', async () => {
  const { time, load } = shelf();
  const quarantine = await load();
  await quarantine.strike(query, 'deadline', 'It took too long.');
  time.now = 100;
  assert.equal(await quarantine.denies(query), true);
  time.now = 400;
  assert.equal(await quarantine.denies(query), true);
  time.now = 401;
  assert.equal(await quarantine.denies(query), false);
  await quarantine.strike(query, 'deadline', 'It took too long.');
  time.now += 10_000_000;
  assert.equal(await quarantine.denies(query), false);
});

const running = (name: string, more: Partial<RunningQuery> = {}): RunningQuery => ({
  lane: 'scheduled',
  name,
  sql: `select '${name}'`,
  sinceMs: 0,
  table: '',
  atWork: false,
  ...more,
});
const culprit = { lane: 'scheduled', name: 'b', table: 'processes', figure: 'it holds 300 MiB' } as const;

/** Who is held after an end while `a` and `b` ran. */
const heldAfter = async (end: LastEnd) => {
  const { store, load } = shelf();
  for (const name of ['a', 'b']) await store.batch(markRunning({ ...query, name }, 1000));
  const held = (await load(true, end)).rows();
  return Object.fromEntries(held.map(entry => [entry.query, [entry.reason, entry.evidence]]));
};

test('only the query that is to blame is held; without one all that ran, but those that had hardly begun when a signal came', async () => {
  const both = [running('a'), running('b', { table: 'file', sinceMs: 4500 })];
  assert.deepEqual(
    await heldAfter({ reason: 'Memory limits exceeded', by: 'limit', timeMs: 5000, culprit, running: both }),
    {
      b: ['limit', 'Memory limits exceeded while it ran; the table that it asked last is processes; it holds 300 MiB.'],
    },
  );
  const [reason, a, b] = [
    'The agent was ended by SIGABRT',
    ['ended the agent', 'The agent was ended by SIGABRT while it ran.'],
    ['ended the agent', 'The agent was ended by SIGABRT while it ran; the table that it asked last is file.'],
  ];
  assert.deepEqual(await heldAfter({ reason, by: 'crash', timeMs: 5000, running: both }), { a, b });
  assert.deepEqual(await heldAfter({ reason, by: 'outside', timeMs: 5000, running: both }), { a });
  assert.deepEqual(await heldAfter({ reason, by: 'itself', timeMs: 5000, running: both }), {});
});

test('what has no name is held by its text, when nobody else can be to blame', async () => {
  const { time, load } = shelf();
  const client = running('extension', { lane: 'extension' });
  const end: LastEnd = { reason: 'The agent was ended by SIGSEGV', by: 'crash', timeMs: 1, running: [client] };
  assert.equal((await load(true, { ...end, running: [client, running('a')] })).heldText(client.sql), undefined);
  assert.match((await load(true, end)).heldText(client.sql)?.evidence ?? '', /SIGSEGV while it ran/);
  const later = await load();
  assert.equal(later.heldText('select 1'), undefined);
  assert.ok(later.heldText(client.sql));
  time.now += 301;
  assert.equal(later.heldText(client.sql), undefined);
  assert.deepEqual(later.rows(), []);
});
