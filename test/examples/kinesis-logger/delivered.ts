import assert from 'node:assert/strict';

/** A line that arrived: its number, and what it was kept in order with. */
export interface Arrival {
  readonly key: string;
  readonly sequence: number;
}

/** The lines of records that hold one or more of them. */
export const arrivals = (records: readonly { readonly key: string; readonly data: string }[]): readonly Arrival[] =>
  records.flatMap(({ key, data }) =>
    data
      .split('\n')
      .filter(line => line !== '')
      .map(line => ({ key, sequence: (JSON.parse(line) as { sequence: number }).sequence })),
  );

/** Asserts that every number up to `count` arrived, and nothing else. @returns how many came more than once */
export const assertDelivered = (arrived: readonly Arrival[], count: number): number => {
  const numbers = new Set(arrived.map(({ sequence }) => sequence));
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter(number => !numbers.has(number));
  assert.deepEqual(missing, []);
  assert.equal(numbers.size, count);
  return arrived.length - numbers.size;
};

/** Asserts that the lines of each key arrived in order, when repetitions are left out. */
export const assertOrdered = (arrived: readonly Arrival[]): void => {
  const seen = new Set<number>();
  const last = new Map<string, number>();
  for (const { key, sequence } of arrived) {
    if (seen.has(sequence)) continue;
    seen.add(sequence);
    const before = last.get(key) ?? 0;
    assert.ok(sequence > before, `${sequence} came after ${before} under the key ${key}`);
    last.set(key, sequence);
  }
};
