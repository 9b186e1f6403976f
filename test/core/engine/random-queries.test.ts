import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Comparison } from './random-queries-world.ts';

const queries = 10_000;
/** `npm run reliability` takes another seed each time, and ten times as many. */
const seed = 20_261_124;

test(`${queries} random queries give the rows that plain SQLite gives`, async context => {
  const comparison = await Comparison.open();
  context.after(() => comparison.close());
  const counts = await comparison.run(seed, queries);
  context.diagnostic(`seed ${seed}: ${JSON.stringify(counts)}`);
  assert.equal(counts.queries, queries);
  // A comparison of nothing proves nothing.
  assert.ok(counts.empty < queries * 0.6, `${counts.empty} queries have no rows`);
  assert.ok(counts.failing < queries * 0.01, `${counts.failing} queries fail`);
  assert.ok(counts.refused < queries * 0.05, `${counts.refused} queries are refused`);
  assert.ok(counts.cached > queries * 0.1, `${counts.cached} scans were answered with rows of an earlier one`);
});
