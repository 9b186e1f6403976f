import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffRows } from '../../../core/src/results/diff.ts';
import { blockOf } from '../../../core/src/results/encoding.ts';
import { applyChange, emptyState, rowsOfState, type StoredState } from '../../../core/src/results/state.ts';
import { type Cell, encodeBlock, printed } from './rows.ts';

const columns = ['k', 'v'];

function run(state: StoredState, names: readonly string[], ...blocks: Cell[][][]) {
  const diff = diffRows(state, names, blocks.map(encodeBlock));
  const next = diff.change === undefined ? state : applyChange(state, diff.change);
  return { diff, next, added: printed(diff.columns, diff.added), removed: printed(diff.removedColumns, diff.removed) };
}

const stateOf = (rows: Cell[][], names: readonly string[] = columns): StoredState =>
  run(emptyState(7), names, rows).next;
const content = (state: StoredState): string[] => printed(state.columns, blockOf([...rowsOfState(state)])).sort();

test('the first run adds all rows, in their order', () => {
  const { added, removed, next } = run(
    emptyState(1),
    columns,
    [['b', 1n]],
    [
      ['a', 2n],
      ['a', 2n],
    ],
  );
  assert.deepEqual(added, ['{"k":"b","v":1}', '{"k":"a","v":2}', '{"k":"a","v":2}']);
  assert.deepEqual(removed, []);
  assert.equal(next.rowCount, 3);
});

test('rows in another order are no change, and nothing is to be stored', () => {
  const state = stateOf([
    ['a', 1n],
    ['b', 2n],
    ['b', 2n],
  ]);
  const { diff } = run(
    state,
    columns,
    [
      ['b', 2n],
      ['a', 1n],
    ],
    [['b', 2n]],
  );
  assert.equal(diff.change, undefined);
  assert.equal(diff.addedCount + diff.removedCount, 0);
});

test('copies are counted', () => {
  const state = stateOf([
    ['a', 1n],
    ['a', 1n],
  ]);
  assert.deepEqual(
    run(state, columns, [
      ['a', 1n],
      ['a', 1n],
      ['a', 1n],
    ]).added,
    ['{"k":"a","v":1}'],
  );
  assert.deepEqual(run(state, columns, [['a', 1n]]).removed, ['{"k":"a","v":1}']);
});

test('an integer, a double and a text of one look differ', () => {
  const { added, removed } = run(stateOf([['a', 1n]]), columns, [['a', 1]]);
  assert.deepEqual([added, removed], [['{"k":"a","v":1.0}'], ['{"k":"a","v":1}']]);
  assert.equal(run(stateOf([['a', '1']]), columns, [['a', 1n]]).added.length, 1);
});

test('NULL equals the empty text, a blob equals its text, and a text ends at its first NUL', () => {
  const state = stateOf([
    ['a', null],
    ['b', 'xyz'],
    ['c', 'x\0one'],
  ]);
  const now: Cell[][] = [
    ['a', ''],
    ['b', Buffer.from('xyz')],
    ['c', 'x\0two'],
  ];
  assert.equal(run(state, columns, now).diff.change, undefined);
  assert.equal(
    run(stateOf(now), columns, [
      ['a', null],
      ['b', 'xyz'],
      ['c', 'x'],
    ]).diff.change,
    undefined,
  );
});

test('NULL equals the text of --nullvalue', () => {
  const state = run(emptyState(1, '-'), columns, [['a', null]]).next;
  assert.equal(run(state, columns, [['a', '-']]).diff.change, undefined);
  assert.equal(run(state, columns, [['a', '']]).diff.addedCount, 1);
});

test('removed rows are sorted by the names of columns, then by type and value', () => {
  const values: Cell[] = ['b', 20n, 'a', -5n, 1.5, 0n, 9n, '', -2.5, 'é'];
  const { removed } = run(stateOf(values.map(v => ['z', v])), columns);
  const order = ['-5', '0', '9', '20', '-2.5', '1.5', '""', '"a"', '"b"', '"é"'];
  assert.deepEqual(
    removed,
    order.map(v => `{"k":"z","v":${v}}`),
  );
  const swapped = run(
    stateOf(
      [
        [1n, 'b'],
        [2n, 'a'],
      ],
      ['z', 'A'],
    ),
    ['z', 'A'],
  );
  assert.deepEqual(swapped.removed, ['{"A":"a","z":2}', '{"A":"b","z":1}']);
});

test('columns written in another order are no change, and the state takes the new order', () => {
  const state = stateOf([
    ['a', 1n],
    ['b', 2n],
  ]);
  const { diff, next } = run(
    state,
    ['v', 'k'],
    [
      [2n, 'b'],
      [1n, 'a'],
    ],
  );
  assert.equal(diff.addedCount + diff.removedCount, 0);
  assert.deepEqual(next.columns, ['v', 'k']);
  assert.equal(
    run(
      next,
      ['v', 'k'],
      [
        [1n, 'a'],
        [2n, 'b'],
      ],
    ).diff.change,
    undefined,
  );
});

test('with other columns all rows are other rows', () => {
  const { added, removed, next } = run(stateOf([['a', 1n]]), ['k', 'w'], [['a', 1n]]);
  assert.deepEqual([added, removed], [['{"k":"a","w":1}'], ['{"k":"a","v":1}']]);
  assert.deepEqual(content(next), ['{"k":"a","w":1}']);
});

test('of columns with one name the last counts', () => {
  const { added, next } = run(emptyState(1), ['a', 'a', 'b'], [[1n, 2n, 3n]]);
  assert.deepEqual(added, ['{"a":2,"b":3}']);
  assert.equal(run(next, ['a', 'a', 'b'], [[9n, 2n, 3n]]).diff.change, undefined);
});

test('a state of another encoding is encoded anew and nothing is logged', () => {
  const old = {
    ...stateOf([
      ['a', 1n],
      ['b', null],
    ]),
    encoding: 0,
  };
  const { diff, next } = run(old, columns, [
    ['b', null],
    ['a', 1n],
  ]);
  assert.equal(diff.addedCount + diff.removedCount, 0);
  assert.equal(diff.change?.whole, true);
  assert.equal(next.encoding, 1);
});

test('of a large state one changed row rewrites one or two blocks', () => {
  const rows: Cell[][] = Array.from({ length: 20_000 }, (_, i) => [`row number ${i}`, BigInt(i)]);
  const state = stateOf(rows);
  assert.ok(state.bucketBits >= 2);
  rows[77] = ['row number 77', 78n];
  const { diff, next } = run(state, columns, rows);
  assert.equal(diff.change?.whole, false);
  assert.ok((diff.change?.replaced.length ?? 9) <= 2);
  assert.equal(next.rowCount, 20_000);
  assert.equal(run(next, columns, rows).diff.change, undefined);
});

test('blocks follow the size of the state, up and down', () => {
  const rows: Cell[][] = Array.from({ length: 20_000 }, (_, i) => [`row number ${i}`, BigInt(i)]);
  const grown = run(stateOf([['a', 1n]]), columns, rows);
  assert.equal(grown.diff.change?.whole, true);
  assert.ok(grown.next.bucketBits > 0);
  const shrunk = run(grown.next, columns, rows.slice(0, 10));
  assert.equal(shrunk.next.bucketBits, 0);
  assert.equal(shrunk.diff.removedCount, 19_990);
});

test('the size of a result counts names, 8 for a number and the bytes of texts', () => {
  assert.equal(
    run(
      emptyState(1),
      ['k', 'i', 'd'],
      [
        ['é', 1n, 1.5],
        ['bb', null, null],
      ],
    ).diff.outputSize,
    26,
  );
  assert.equal(run(emptyState(1), ['four', 'ab'], [['xyz', 12345n]]).diff.outputSize, 17);
});

test('bytes that are no rows are refused', () => {
  const malformed = { code: 'RESULT_MALFORMED' };
  assert.throws(() => diffRows(emptyState(1), ['a'], [Uint8Array.of(0x91, 0x92, 1, 2)]), malformed);
  assert.throws(() => diffRows(emptyState(1), ['a'], [Uint8Array.of(0x91, 0x91, 0xa5, 1)]), malformed);
  assert.throws(() => diffRows(emptyState(1), ['a'], [Uint8Array.of(0x91, 0x91, 0xc7, 1, 1)]), malformed);
});

const cell = fc.oneof(
  fc.constantFrom<Cell>(null, '', 'a', 'b', 0n, 1n, 1, 0.5),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.uint8Array({ maxLength: 40 }),
);
const rows = fc.array(fc.tuple(cell, cell), { maxLength: 30 });

test('apply(diff, old) = new; replaying the log rebuilds every state', () => {
  const results = fc.array(fc.tuple(rows, fc.infiniteStream(fc.nat())), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(results, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (runs, seed) => {
      let state = emptyState(seed);
      let replayed: string[] = [];
      for (const [wanted] of runs) {
        const { added, removed, next } = run(state, columns, wanted);
        for (const row of removed) {
          const at = replayed.indexOf(row);
          assert.ok(at >= 0, 'only rows that were there are removed');
          replayed.splice(at, 1);
        }
        replayed = [...replayed, ...added];
        assert.deepEqual(replayed.toSorted(), stateAsLogged(wanted));
        assert.deepEqual(content(next), stateAsLogged(wanted));
        assert.equal(next.rowCount, wanted.length);
        state = next;
      }
    }),
  );
});

test('a shuffled result is no change', () => {
  const shuffled = rows.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
  fc.assert(
    fc.property(shuffled, ([before, after]) => {
      assert.equal(run(run(emptyState(3), columns, before).next, columns, after).diff.change, undefined);
    }),
  );
});

const stateAsLogged = (wanted: Cell[][]): string[] => content(run(emptyState(0), columns, wanted).next);
