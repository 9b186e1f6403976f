import assert from 'node:assert/strict';
import type { LogLine } from './harness.ts';

/** What a log says: the rows that are there after all its lines, and how often lines came more than once. */
export interface Replayed {
  readonly rows: readonly Readonly<Record<string, string>>[];
  readonly lines: number;
  readonly repeated: number;
}

const keyOf = (line: LogLine): string => JSON.stringify(Object.entries(line.columns).toSorted());

/**
 * Replays the differential lines of one query, from the first line of an agent on. Fails when sequence numbers have a gap or go back other than to repeat, when a repeated number
 * carries another line, when a row is added that is there, or removed that is not.
 * @param only lines of other queries have numbers too, and count for nothing else
 * @param first the number of the first line
 */
export const replay = (log: readonly LogLine[], only: string, first = 1): Replayed => {
  const seen = new Map<number, string>();
  const rows = new Map<string, LogLine['columns']>();
  let next = first;
  let repeated = 0;
  for (const line of log) {
    const text = JSON.stringify(line);
    if (line.sequence < next) {
      assert.equal(text, seen.get(line.sequence), `the line ${line.sequence} came again as another one`);
      repeated += 1;
      continue;
    }
    assert.equal(line.sequence, next, 'sequence numbers have a gap');
    seen.set(next, text);
    next += 1;
    if (line.name === only) apply(rows, line);
  }
  return { rows: [...rows.values()], lines: seen.size, repeated };
};

const apply = (rows: Map<string, LogLine['columns']>, line: LogLine): void => {
  const key = keyOf(line);
  if (line.action === 'added') {
    assert.ok(!rows.has(key), `added twice: ${key}`);
    rows.set(key, line.columns);
  } else {
    assert.equal(line.action, 'removed');
    assert.ok(rows.delete(key), `removed, but never added: ${key}`);
  }
};
