import assert from 'node:assert/strict';
import { uptime as seconds } from 'node:os';
import { test } from 'node:test';
import { uptime } from '../../../extensions/tables/src/common/uptime.ts';
import { machineWith, rowsOf } from './machine.ts';

test('breaks the time since boot down', t => {
  const rows = rowsOf(uptime, { files: machineWith(t, { 'proc/uptime': '183784.99 360000.00\n' }) });
  assert.deepEqual(rows, [{ days: 2, hours: 3, minutes: 3, seconds: 4, total_seconds: 183784 }]);
});

test('an unreadable content gives no row', t => {
  assert.deepEqual(rowsOf(uptime, { files: machineWith(t, { 'proc/uptime': 'x' }) }), []);
});

test('agrees with the machine', () => {
  assert.ok(Math.abs(Number(rowsOf(uptime)[0]?.total_seconds) - seconds()) < 3);
});
