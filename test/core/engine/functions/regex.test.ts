import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { openFunctions, quoted } from './harness.ts';

suite('regex_match and regex_split', () => {
  test('match bytes', context => {
    const { value } = openFunctions(context);
    assert.equal(value("hex(regex_match('é', '.', 0))"), 'C3');
    assert.equal(value("regex_match('日本語', '本', 0)"), '本');
    assert.equal(value("hex(regex_match(cast(x'61ff62' as text), '[\\x80-\\xff]', 0))"), 'FF');
    assert.equal(value("regex_split('aéb', 'é', 1)"), 'b');
  });

  test('tokens and what separates them make the text', context => {
    const { value } = openFunctions(context);
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ',', ';', ' '), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, sample => {
        const expected = sample.split(/[,;]/);
        if (expected.at(-1) === '') expected.pop();
        const tokens = expected.map((_, index) => value(`regex_split(${quoted(sample)}, '[,;]', ${index})`));
        assert.deepEqual(tokens, expected);
        assert.equal(value(`regex_split(${quoted(sample)}, '[,;]', ${expected.length})`), null);
      }),
    );
  });

  test('a longer pattern than the flag allows is refused', context => {
    const { fault, value } = openFunctions(context, 3);
    assert.equal(value("regex_match('aab', 'a+b', 0)"), 'aab');
    assert.equal(fault("select regex_match('a', 'aaaa', 0)").message, 'Invalid regex: too big, max size is 3 bytes');
    assert.equal(fault("select regex_split('a', 'aaaa', 0)").message, 'Invalid regex');
    assert.match(String((fault("select regex_match('a', '(', 0)").cause as Error).cause), /a group is not closed/);
  });

  test('many patterns, more than are kept, each match what they say', context => {
    const { query } = openFunctions(context);
    const numbers = 'with recursive n(i) as (select 0 union all select i + 1 from n where i < 199)';
    const found = query(
      `${numbers} select count(*) from n, (select 1 union select 2) where regex_match('x' || i || 'y', '^x(' || i || ')y$', 1) = cast(i as text)`,
    );
    assert.deepEqual(found, [[400]]);
  });
});
