import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineCutter, LineLimiter } from '../../../core/src/extensions/output-lines.ts';
import { defaultBackoff, RestartBackoff } from '../../../core/src/extensions/restart-backoff.ts';

test('lines are the same however the text is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r') })), pieces => {
      const lines: string[] = [];
      const cutter = new LineCutter(line => lines.push(line));
      for (const piece of pieces) cutter.push(piece);
      cutter.end();
      const expected = pieces
        .join('')
        .split('\n')
        .map(line => line.trimEnd());
      assert.deepEqual(
        lines,
        expected.filter(line => line !== ''),
      );
    }),
  );
});

test('a long line is cut, and says so', () => {
  const lines: string[] = [];
  const cutter = new LineCutter(line => lines.push(line));
  for (let index = 0; index < 100; index += 1) cutter.push('x'.repeat(100));
  cutter.push('\nnext\n');
  assert.deepEqual(lines, [`${'x'.repeat(4096)}… (5904 characters more)`, 'next']);
});

test('too many lines in a second are left out and counted', () => {
  const lines: string[] = [];
  let now = 0;
  const limiter = new LineLimiter(
    line => lines.push(line),
    () => now,
  );
  for (let index = 0; index < 250; index += 1) limiter.push(String(index));
  assert.equal(lines.length, 200);
  now = 1000;
  limiter.push('later');
  assert.deepEqual(lines.slice(200), ['(50 lines were left out: more than 200 came in a second)', 'later']);
});

test('the wait before a restart is 0, 1, 2, 4 … 60 s, and begins anew after 30 s of life', () => {
  const backoff = new RestartBackoff(defaultBackoff);
  const waits = Array.from({ length: 9 }, () => backoff.after(100));
  assert.deepEqual(waits, [0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  assert.equal(backoff.after(30_000), 0);
  assert.equal(backoff.after(0), 1000);
});
