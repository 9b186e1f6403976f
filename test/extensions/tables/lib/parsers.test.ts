import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import fc from 'fast-check';
import { bytesParsers, textParsers } from './parsers.ts';

/** Far more than any content here takes a parser whose time grows with the content only. */
const deadlineMs = 10_000;

/** Runs `work`, and ends it with an exception when it hangs, in a regular expression too. */
const orHang = <T>(work: () => T): T => vm.runInNewContext('work()', { work }, { timeout: deadlineMs });

/** Takes what a parser makes, all of it, and counts it. */
function drain(made: unknown): number {
  if (made === null || typeof made !== 'object' || !(Symbol.iterator in made)) return 1;
  let count = 0;
  for (const _ of made as Iterable<unknown>) count += 1;
  return count;
}

const words = fc.constantFrom(
  ...[
    '\n',
    '\r\n',
    ' ',
    '\t',
    '\0',
    '\\',
    '"',
    "'",
    '#',
    ';',
    ':',
    '=',
    ',',
    '/',
    '-',
    '.',
    '(',
    ')',
    '@',
    '%',
    '_',
    '*',
  ],
  ...['[', ']', '{', '}', '<', '>', '<!--', '-->', '<name>', '</name>', '<![CDATA[', ']]>', '&#99999999;', '&amp;'],
  ...['0', '1', '-1', '0x1f', '99999999999999999999', 'ffffffff', 'a', 'é', '\ufffd', '\ud800', '😀', '__proto__'],
  ...[
    'deb ',
    'http://',
    'Types:',
    'URIs:',
    'Name:',
    'host ',
    'match ',
    'ssh-rsa ',
    'include ',
    ': 1:0;',
    '#1700000000',
  ],
  ...['nameserver ', 'options ', 'Defaults ', ' blocks', 'md0 : active', 'recovery = ', 'bitmap: ', 'unlimited', 'inf'],
  ...[
    '-----BEGIN RSA PRIVATE KEY-----\n',
    '-----BEGIN OPENSSH PRIVATE KEY-----\n',
    '-----BEGIN CERTIFICATE-----',
    '-----END ',
  ],
);
const texts = fc.oneof(
  fc.array(words, { maxLength: 60 }).map(parts => parts.join('')),
  fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes).toString('latin1')),
);

/** What is long and dull: where a parser that looks at each place from each place takes for ever. */
const repeated = [
  '\n',
  ' ',
  ' \n',
  '\t',
  '/',
  '\\',
  '"',
  '""',
  '[',
  '{',
  '{,}',
  '(',
  '<',
  '<!--',
  '<name ',
  '<name>',
  '<name><![CDATA[',
].concat([
  '#',
  ':',
  '=',
  ',',
  '-',
  '.',
  '0',
  'a',
  'a ',
  'a=',
  '*',
  '*a',
  '@',
  '\0',
  '1 ',
  ' a\n',
  'a=1\n',
  '-----BEGIN CERTIFICATE-----',
]);
const dullBytes = 40_000;
const ends = ['', 'x', '\n', '>'];
const starts = ['', 'a', '[a]\nb=', 'deb http://', '<name>', '/', '"'];

for (const [name, parse] of Object.entries(textParsers)) {
  test(`${name} takes any text`, () => {
    fc.assert(
      fc.property(texts, text => assert.ok(orHang(() => drain(parse(text))) <= text.length + 100)),
      { numRuns: 100 },
    );
  });

  test(`${name} takes long texts in a time that grows with them`, () => {
    for (const unit of repeated)
      for (const [index, start] of starts.entries()) {
        const text = start + unit.repeat(Math.ceil(dullBytes / unit.length)) + ends[index % ends.length];
        orHang(() => drain(parse(text)));
      }
  });
}

/** A seed with some bytes changed, cut off or doubled, or no seed at all. */
const mutated = (seeds: readonly Buffer[]) => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255))), {
    maxLength: 12,
  });
  const changed = fc
    .tuple(fc.constantFrom(...seeds), changes, fc.option(fc.nat(), { nil: undefined }))
    .map(([seed, places, cut]) => {
      const bytes = Buffer.from(seed);
      for (const [place, value] of places) if (bytes.length > 0) bytes[place % bytes.length] = value;
      return cut === undefined ? bytes : bytes.subarray(0, cut % (bytes.length + 1));
    });
  return fc.oneof(
    { weight: 4, arbitrary: changed },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2048 }).map(bytes => Buffer.from(bytes)) },
  );
};

for (const [name, { parse, seeds, throws = false }] of Object.entries(bytesParsers))
  test(`${name} takes any bytes`, () => {
    fc.assert(
      fc.property(mutated(seeds), bytes => {
        try {
          assert.ok(orHang(() => drain(parse(bytes))) <= bytes.length + 100);
        } catch (error) {
          if (
            !throws ||
            !(error instanceof Error) ||
            error instanceof assert.AssertionError ||
            error.message.includes('timed out')
          )
            throw error;
        }
      }),
      { numRuns: 150 },
    );
  });

test('every parser of the tables is among these', () => {
  const directory = fileURLToPath(new URL('../../../../extensions/tables/src/lib/', import.meta.url));
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .flatMap(path => [
      ...readFileSync(join(directory, path), 'utf8').matchAll(/^export (?:function\*?|const) (parse\w+)/gm),
    ])
    .map(match => match[1] ?? '');
  const tested = new Set([...Object.keys(textParsers), ...Object.keys(bytesParsers)]);
  assert.ok(names.length > 40);
  assert.deepEqual(
    names.filter(name => !tested.has(name)),
    [],
  );
});
