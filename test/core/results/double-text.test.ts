import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { doubleNumber, doubleText, percentG15 } from '../../../core/src/results/double-text.ts';

test('%.15g of chosen numbers, ties to even among them', () => {
  const cases: [number, string][] = [
    [0, '0'],
    [-0, '-0'],
    [1e15, '1e+15'],
    [123456789012345, '123456789012345'],
    [1e-4, '0.0001'],
    [1e-5, '1e-05'],
    [5e-324, '4.94065645841247e-324'],
    [100000000000000.5, '100000000000000'],
    [100000000000001.5, '100000000000002'],
    [999999999999999.5, '1e+15'],
    [-100000000000000.5, '-100000000000000'],
    [Number.POSITIVE_INFINITY, 'inf'],
  ];
  for (const [value, text] of cases) assert.equal(percentG15(value), text);
});

test('%.15g is that of the C library', () => {
  const values = fc.sample(
    fc.oneof(
      fc.double({ noNaN: true }),
      fc.integer({ min: 0, max: 1e9 }).map(i => 1e14 + i / 8),
    ),
    500,
  );
  const text = execFileSync('awk', ['BEGIN { while ((getline line) > 0) printf "%.15g\\n", line + 0 }'], {
    input: values.map(String).join('\n'),
    encoding: 'utf8',
  });
  text
    .trim()
    .split('\n')
    .forEach((line, index) => {
      assert.equal(
        percentG15(values[index] ?? 0).replace(/^-0$/, '0'),
        line.replace(/^-0$/, '0').replace(/^\+?(-?)(inf).*/, '$1$2'),
      );
    });
});

test('doubles as texts and as JSON numbers', () => {
  assert.deepEqual([1, 1e20, 1.5, Number.NEGATIVE_INFINITY].map(doubleText), ['1.0', '1e+20.0', '1.5', '-inf.0']);
  const numbers = [1, 1e300, 0.00001, 5e-324, 1e20, -0, 1e21].map(doubleNumber);
  assert.deepEqual(numbers, ['1.0', '1e300', '0.00001', '5e-324', '100000000000000000000.0', '-0.0', '1e21']);
});
