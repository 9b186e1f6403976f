import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { translatePattern } from '../../../../core/src/engine/functions/regex-syntax.ts';

/** What a pattern matches first, as libstdc++ 12 does; null for nothing. */
const matches: readonly (readonly [pattern: string, text: string, match: string | null])[] = [
  ['[[:digit:]]+', 'ab12c', '12'],
  ['[[:ALPHA:]]+', '12ab', 'ab'],
  ['[^[:space:]]+', ' \tab ', 'ab'],
  ['[[:w:]]+', '-a_1-', 'a_1'],
  ['[[=a=]]+', 'xAa', 'Aa'],
  ['[[.a.]-c]+', 'xabc', 'abc'],
  ['\\s', '\xa0', null],
  ['\\S', '\xa0', '\xa0'],
  ['[\\D]+', '12ab', 'ab'],
  ['[\\w.-]+', '(a.b-c)', 'a.b-c'],
  ['[a-]+', 'b-a', '-a'],
  ['[-a]+', 'b-a', '-a'],
  ['[a-c-e]+', 'd-e', '-e'],
  ['[+--]+', 'x,-', ',-'],
  ['[\\x80-a]+', 'b\xff\0a', '\xff\0a'],
  ['[\\b]', 'a\b', '\b'],
  ['[]', ']', null],
  ['[^]', ']', ']'],
  ['[]a]', 'a]', null],
  ['[[]', '[', '['],
  ['.', '\r\n\x85', '\x85'],
  [']}', ']}', ']}'],
  ['\\cA', 'A', 'A'],
  ['\\k\\-\\/', 'k-/', 'k-/'],
  ['\\u0161', 'a', 'a'],
  ['\\0', '\0', '\0'],
  ['(a)(b)\\2', 'abb', 'abb'],
  ['a+*?b', 'aab', 'aab'],
  ['a{2}{2}', 'aaaaa', 'aaaa'],
  ['a{002}', 'aaa', 'aa'],
  ['a{1,}?', 'aaa', 'a'],
  ['(?:a|ab)(?=c)', 'abc', 'ab'],
  ['a(?!b)', 'abac', 'a'],
  ['^b|a$', 'ba\nba', 'b'],
  ['|a', 'a', ''],
  ['', 'a', ''],
  ['\\bb', 'ab b', 'b'],
  ['\\Bb', 'b ab', 'b'],
];

const refused = [
  '(',
  ')',
  'a)',
  '[',
  '[a',
  '[[:digit:]',
  '[[:nothing:]]',
  '[[.hyphen.]',
  '[z-a]',
  '[a-\\xff]',
  '[\\d-z]',
  '[a-\\d]',
  '[\\B]',
  '[\\1]',
  '*a',
  'a|*b',
  '(*a)',
  '^*',
  '\\b+',
  '(?=a)*',
  '{',
  'a{',
  'a{}',
  'a{,3}',
  'a{2,1}',
  'a{2',
  'a{x}',
  'a{100001}',
  '(?i)a',
  '(?<=a)b',
  '(?<n>a)',
  '(?',
  '\\',
  '\\x1',
  '\\u012',
  '\\c',
  '\\1',
  '(a\\1)',
  '(a)\\2',
  '\\p{L}',
];

suite('patterns of std::regex', () => {
  for (const [pattern, text, match] of matches)
    test(`${JSON.stringify(pattern)} in ${JSON.stringify(text)}`, () => {
      const found = new RegExp(translatePattern(pattern)).exec(text);
      assert.equal(found === null ? null : found[0], match);
    });

  for (const pattern of refused)
    test(`${JSON.stringify(pattern)} is refused`, () => assert.throws(() => translatePattern(pattern), SyntaxError));

  const character = fc.integer({ min: 1, max: 255 }).map(byte => String.fromCharCode(byte));
  const piece = fc.oneof(
    character,
    fc.constantFrom(
      '(',
      ')',
      '(?:',
      '(?=',
      '[',
      '[^',
      ']',
      '[:alpha:]',
      '-',
      '{2}',
      '{1,',
      '}',
      '*',
      '+?',
      '|',
      '\\',
      '\\d',
      '\\1',
      '^',
      '$',
    ),
  );

  test('whatever is not refused is a pattern of JavaScript', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), pieces => {
        let source: string;
        try {
          source = translatePattern(pieces.join(''));
        } catch (error) {
          assert.ok(error instanceof SyntaxError);
          return;
        }
        new RegExp(source);
      }),
      { numRuns: 5000 },
    );
  });

  test('an escaped text matches itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: character }), text => {
        const escaped = text.replace(/[\^$\\.*+?()[\]{}|]/g, '\\$&');
        assert.equal(new RegExp(`^${translatePattern(escaped)}$`).exec(text)?.[0], text);
      }),
    );
  });
});
