import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { flagLines, matchesPattern } from '../../../core/src/flags/flagfile.ts';
import { otherNames } from '../../../core/src/flags/names.ts';
import { nearestFlag } from '../../../core/src/flags/suggest.ts';
import { flagAliases, flagTable } from '../../../core/src/flags/table/index.ts';
import { canonicalText } from '../../../core/src/flags/values.ts';
import { editDistance } from '../../../core/src/nearest.ts';

test('integers are read as gflags reads them', () => {
  const cases: readonly (readonly ['int32' | 'uint32' | 'uint64', string, string | undefined])[] = [
    ['uint64', '010', '10'],
    ['uint64', '0x10', '16'],
    ['uint64', ' 7', '7'],
    ['uint64', '7 ', undefined],
    ['uint64', '-1', undefined],
    ['uint64', '', undefined],
    ['uint64', '18446744073709551615', '18446744073709551615'],
    ['uint64', '18446744073709551616', undefined],
    ['uint32', '4294967296', undefined],
    ['int32', '-2147483648', '-2147483648'],
    ['int32', '-2147483649', undefined],
    ['int32', '1.5', undefined],
    ['int32', '+3', '3'],
  ];
  for (const [type, text, expected] of cases) assert.equal(canonicalText(type, text), expected, `${type} ${text}`);
});

test('booleans are words in any case, and not on or off', () => {
  for (const text of ['1', 't', 'TRUE', 'Yes', 'y']) assert.equal(canonicalText('bool', text), 'true');
  for (const text of ['0', 'f', 'False', 'NO', 'n']) assert.equal(canonicalText('bool', text), 'false');
  for (const text of ['on', 'off', '', '2', ' true']) assert.equal(canonicalText('bool', text), undefined);
});

test('reading a canonical text gives the same text', () => {
  fc.assert(
    fc.property(fc.constantFrom('int32' as const, 'uint64' as const, 'bool' as const), fc.string(), (type, text) => {
      const canonical = canonicalText(type, text);
      if (canonical !== undefined) assert.equal(canonicalText(type, canonical), canonical);
    }),
  );
});

test('lines of program names choose what follows', () => {
  const content = '--a=1\nosqueryd outpostd\n--b=2\nother\nout*i\n--c=3\r\n# x\n';
  const texts = (program: string): string[] => flagLines(content, program).map(({ text }) => text);
  assert.deepEqual(texts('outpostd'), ['--a=1', '--b=2']);
  assert.deepEqual(texts('outposti'), ['--a=1', '--c=3']);
  assert.deepEqual(
    flagLines(content, 'x').map(({ line }) => line),
    [1],
  );
});

test('patterns are those of fnmatch', () => {
  assert.ok(matchesPattern('os*[id]', 'osqueryd'));
  assert.ok(matchesPattern('[!a-m]?query.', 'osquery.'));
  assert.ok(!matchesPattern('osquery', 'osqueryd'));
  assert.ok(!matchesPattern('a.c', 'abc'));
});

test('the edit distance is a distance, and a swap is one edit', () => {
  assert.equal(editDistance('jsno', 'json', 3), 1);
  assert.equal(editDistance('abc', 'xyz', 1), 2);
  fc.assert(
    fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (left, right) => {
      const distance = editDistance(left, right, 20);
      assert.equal(distance, editDistance(right, left, 20));
      assert.equal(distance === 0, left === right);
      assert.ok(distance <= Math.max(left.length, right.length));
      assert.equal(editDistance(left, right, 2) <= 2, distance <= 2);
    }),
  );
});

test('suggestions prefer flags with a meaning, and stay silent when nothing is near', () => {
  assert.equal(nearestFlag('datbase_path'), 'database_path');
  assert.equal(nearestFlag('audit_alow_config'), 'audit_allow_config');
  assert.equal(nearestFlag('SCHEDULE-EPOCH'), 'schedule_epoch');
  assert.equal(nearestFlag('xyzzy'), undefined);
});

test('a name stands in one place only', () => {
  const declared = new Set([...Object.keys(flagTable), ...Object.keys(flagAliases)]);
  assert.deepEqual(
    otherNames().filter(name => declared.has(name)),
    [],
  );
  assert.equal(new Set(otherNames()).size, otherNames().length);
});

test('every flag of the table is read somewhere: one without effect belongs to the other names', () => {
  const root = join(import.meta.dirname, '../../..');
  const files = globSync(['core/src/**/*.ts', 'core/bin/*.mjs', 'extensions/*/src/**/*.ts'], { cwd: root });
  const code = files
    .filter(file => !file.startsWith('core/src/flags/table/') && file !== 'core/src/flags/names.ts')
    .map(file => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  const isRead = (name: string): boolean =>
    [`'${name}'`, `'-${name}'`, `\`-${name}\``, `options.${name}`].some(text => code.includes(text));
  assert.deepEqual(
    Object.keys(flagTable).filter(name => !isRead(name)),
    [],
  );
});
