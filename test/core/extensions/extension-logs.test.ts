import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExtensionLogs } from '../../../core/src/extensions/extension-logs.ts';

const line = (source: string, message: string, time = 0) => ({ severity: 0, source, message, time }) as const;

test('the last 500 lines of each extension are kept, and lines of others are not', () => {
  const logs = new ExtensionLogs();
  logs.add(line('scheduler', 'not an extension'));
  for (let i = 0; i < 600; i++) logs.add(line('extension a', String(i), i));
  logs.add(line('extension b', 'once'));
  const rows = logs.rows();
  assert.equal(rows.length, 501);
  assert.deepEqual(rows[0], { extension: 'a', severity: 0, message: '100', time: 100 });
  assert.deepEqual(rows.at(-1)?.extension, 'b');
});

test('of more than 200 extensions the one that was silent for the longest time is forgotten', () => {
  const logs = new ExtensionLogs();
  for (let i = 0; i < 200; i++) logs.add(line(`extension ${i}`, 'x'));
  logs.add(line('extension 0', 'again'));
  logs.add(line('extension new', 'x'));
  const names = new Set(logs.rows().map(({ extension }) => extension));
  assert.equal(names.size, 200);
  assert.deepEqual([names.has('0'), names.has('1'), names.has('new')], [true, false, true]);
});
