import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { explainedStatement } from '../../../core/src/engine/explain-scans-prefix.ts';

const found = (sql: string, from = 0): string | undefined => {
  const text = Buffer.from(sql);
  const at = explainedStatement(text, from);
  return at === undefined ? undefined : text.toString('utf8', at);
};

test('the words are found at the beginning of a statement, in any case, between blanks and comments', () => {
  assert.equal(found('explain scans select 1'), 'select 1');
  assert.equal(found('EXPLAIN\tScAnS\n\nselect 1; select 2'), 'select 1; select 2');
  assert.equal(found('-- é;\n/* explain scans; **/ ; explain/**/scans--\nselect 1'), 'select 1');
  assert.equal(found('select 1; explain scans select 2', 9), 'select 2');
  assert.equal(found('explain scans(select 1)'), '(select 1)');
});

test('other statements are left alone', () => {
  for (const sql of [
    '',
    'explain',
    'scans',
    'explain select 1',
    'explain query plan select 1',
    'explain_scans select 1',
    'explain scans2 select 1',
    'explain scansé select 1',
    'explains scans select 1',
    "'explain scans select 1'",
    'select 1 /* explain */; explain scans select 1',
    '/* explain scans select 1',
    '-- explain scans select 1',
  ])
    assert.equal(found(sql), undefined, sql);
});

test('something has to be explained', () => {
  for (const sql of ['explain scans', 'explain scans ;', 'explain scans /* select 1 */', 'explain scans; select 1'])
    assert.throws(() => found(sql), /EXPLAIN SCANS needs a statement/, sql);
});

test('blanks of any kind and number do not hide the words', () => {
  const blank = fc.constantFrom(' ', '\t', '\n', '\f', '\r', '/**/', '/* * / -- */', '-- x /*\n');
  const blanks = (minLength: number): fc.Arbitrary<string> =>
    fc.array(blank, { minLength, maxLength: 50 }).map(parts => parts.join(''));
  fc.assert(
    fc.property(blanks(0), blanks(1), blanks(1), (before, between, after) => {
      assert.equal(found(`${before}explain${between}scans${after}select 1`), 'select 1');
    }),
  );
});

test('a long text of comments is read once', { timeout: 5000 }, () => {
  assert.equal(found(`${'/**/'.repeat(1_000_000)}select 1`), undefined);
});
