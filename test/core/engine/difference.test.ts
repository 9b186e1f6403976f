import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyChange, emptyState } from '../../../core/src/results/state.ts';
import { readRows } from '../../../protocol/src/blocks/block-reader.ts';
import { openEngine } from './harness.ts';

test('the difference to an old state is made in the thread; the rows stay there', async context => {
  const engine = openEngine(context);
  let state = emptyState(7);
  const run = async (sql: string) => {
    const { diff, blocks, rowCount } = await engine.query(sql, { lane: 'scheduled', previous: state });
    assert.ok(diff);
    assert.deepEqual(blocks, []);
    if (diff.change !== undefined) state = applyChange(state, diff.change);
    return { rowCount, added: [...readRows(diff.added)], removed: [...readRows(diff.removed)] };
  };
  const first = await run('select n, word from numbers where n in (1, 2, 3)');
  assert.deepEqual([first.rowCount, first.added.length, first.removed.length], [3, 3, 0]);
  const second = await run('select n, word from numbers where n in (2, 3, 4)');
  assert.deepEqual(second, { rowCount: 3, added: [[4, 'number 4']], removed: [[1, 'number 1']] });
  const third = await run('select n, word from numbers where n in (2, 3, 4)');
  assert.deepEqual(third, { rowCount: 3, added: [], removed: [] });
});
