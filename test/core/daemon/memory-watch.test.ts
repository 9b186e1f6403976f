import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryWatch } from '../../../core/src/daemon/memory-watch.ts';

test('caches go first, then one query after the other, and what was refused is given again', () => {
  let resident = 1000;
  const told: string[] = [];
  const watch = new MemoryWatch({
    limitBytes: 100,
    isBusy: () => true,
    residentBytes: () => resident,
    onScarce: grown => told.push(`scarce ${grown}`),
    onAmple: () => told.push('ample'),
    onFull: grown => told.push(`full ${grown}`),
  });
  const look = (grown: number, now: number): string[] => {
    resident = 1000 + grown;
    watch.look(now);
    return told.splice(0);
  };
  assert.deepEqual(look(60, 0), []);
  assert.deepEqual(look(61, 0), ['scarce 61']);
  assert.deepEqual(look(85, 0), [], 'told once');
  assert.deepEqual(look(86, 1000), ['full 86']);
  assert.deepEqual(look(99, 3000), [], 'the stop has yet to show its effect');
  assert.deepEqual(look(99, 4001), ['full 99']);
  assert.deepEqual(look(51, 5000), []);
  assert.deepEqual(look(50, 5000), ['ample']);
});
