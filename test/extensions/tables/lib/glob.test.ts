import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type FileView, fileView } from '@outpost/sdk';
import fc from 'fast-check';
import { expandBraces } from '../../../../extensions/tables/src/lib/glob/braces.ts';
import { isMagic, literalOf, segmentMatcher } from '../../../../extensions/tables/src/lib/glob/match.ts';
import { expandTilde } from '../../../../extensions/tables/src/lib/glob/tilde.ts';
import { type PatternOptions, resolvePattern } from '../../../../extensions/tables/src/lib/glob.ts';
import { directoryWith, machineWith } from '../machine.ts';

const matches = (segment: string, name: string): boolean => segmentMatcher(segment)(name);

test('matches names as glob(7) says', () => {
  const yes = [
    ['*', 'a'],
    ['a*b*c', 'aXbXbc'],
    ['?', '\u{1f600}'],
    ['[a-c]x', 'bx'],
    ['[!a-c]x', 'dx'],
    ['[^a]', 'b'],
    ['[]a]', ']'],
    ['[]a-]', '-'],
    ['[[:digit:]_]', '7'],
    ['[[:digit:]_]', '_'],
    ['[\\]]', ']'],
    ['.*', '.a'],
    ['\\.?', '.a'],
    ['\\*', '*'],
    ['a[', 'a['],
    ['***', 'x'],
  ] as const;
  const no = [
    ['*', '.a'],
    ['?', ''],
    ['?', 'ab'],
    ['[a-c]', '-'],
    ['[!a]', 'a'],
    ['[.]a', '.a'],
    ['A*', 'a'],
    ['a*b', 'ab c'],
    ['\\*', 'x'],
    ['[[:nonsense:]]', 'n'],
  ] as const;
  for (const [segment, name] of yes) assert.ok(matches(segment, name), `${segment} ${name}`);
  for (const [segment, name] of no) assert.ok(!matches(segment, name), `${segment} ${name}`);
});

test('a pattern of many stars takes no longer than it is long', () => {
  const start = performance.now();
  assert.ok(!matches(`${'*a'.repeat(50)}b`, 'a'.repeat(10_000)));
  assert.ok(performance.now() - start < 1000);
});

test('no pattern makes the matcher throw, and a name without wildcards matches itself', () => {
  const pieces = fc.constantFrom(
    '*',
    '?',
    '[',
    ']',
    '!',
    '^',
    '-',
    '\\',
    ':',
    '[:',
    ':]',
    'alpha',
    '{',
    '}',
    ',',
    'a',
    '.',
    '\ud83d',
    '\u{1f600}',
  );
  fc.assert(
    fc.property(fc.array(pieces), fc.array(pieces), (segment, name) => {
      const pattern = segment.join('');
      segmentMatcher(pattern)(name.join(''));
      expandBraces(pattern);
      if (!isMagic(pattern) && !pattern.includes('\\')) assert.ok(matches(pattern, literalOf(pattern)));
    }),
    { numRuns: 2000 },
  );
});

test('expands braces', () => {
  const cases: [string, string[]][] = [
    ['a', ['a']],
    ['{a,b}', ['a', 'b']],
    ['x{a,}y', ['xay', 'xy']],
    ['{a,b{c,d}}{1,2}', ['a1', 'a2', 'bc1', 'bc2', 'bd1', 'bd2']],
    ['{}', ['{}']],
    ['{}{a,b}', ['{}a', '{}b']],
    ['{a', ['{a']],
    ['{a}', ['a']],
    ['\\{a,b}', ['\\{a,b}']],
    ['{a\\,b,c}', ['a\\,b', 'c']],
  ];
  for (const [pattern, expected] of cases) assert.deepEqual(expandBraces(pattern), expected, pattern);
  assert.ok(expandBraces('{a,b}'.repeat(40)).length <= 10_000);
});

test('expands a tilde', t => {
  const files = machineWith(t, { 'etc/passwd': 'ann:x:1:1::/home/ann/:\n' });
  assert.equal(expandTilde(files, '~ann/.ssh/*'), '/home/ann/.ssh/*');
  assert.equal(expandTilde(files, '~ann'), '/home/ann');
  assert.equal(expandTilde(files, '~bob/x'), '~bob/x');
  assert.equal(expandTilde(files, '/~ann'), '/~ann');
  assert.equal(expandTilde(files, '~/x'), `${process.env.HOME?.replace(/\/$/, '')}/x`);
});

function resolve(files: FileView, pattern: string, options?: PatternOptions & { warnings?: string[] }): string[] {
  const warn = (message: string): void => {
    options?.warnings?.push(message);
  };
  return resolvePattern({ files, aborted: false, warn }, pattern, options);
}

test('resolves links before the first wildcard, unless told not to', t => {
  const files = machineWith(t, { 'real/a': '', 'real/sub/b': '', link: { link: 'real' } });
  assert.deepEqual(resolve(files, '/link/*'), ['/real/a', '/real/sub/']);
  assert.deepEqual(resolve(files, '/link/../link/%'), ['/real/a', '/real/sub/']);
  assert.deepEqual(resolve(files, '/link/*', { canonical: false }), ['/link/a', '/link/sub/']);
  assert.deepEqual(resolve(files, '/link/%%', { kinds: 'files' }), ['/real/a', '/real/sub/b']);
  assert.deepEqual(resolve(files, '/link/%%', { kinds: 'folders' }), ['/real/sub/']);
  assert.deepEqual(resolve(files, '/link'), ['/real/']);
});

test('wildcards, sets, braces and escapes reach the disk', t => {
  const files = machineWith(t, { 'd/a1': '', 'd/b2': '', 'd/c3': '', 'd/*': '', 'd/e f': '', '.h/x': '' });
  assert.deepEqual(resolve(files, '/d/[ab]?'), ['/d/a1', '/d/b2']);
  assert.deepEqual(resolve(files, '/d/{c3,a1}'), ['/d/a1', '/d/c3']);
  assert.deepEqual(resolve(files, '/d/\\*'), ['/d/*']);
  assert.deepEqual(resolve(files, '/%/x'), []);
  assert.deepEqual(resolve(files, '/.%/x'), ['/.h/x']);
  assert.deepEqual(resolve(files, '/d/nope'), []);
  assert.deepEqual(resolve(files, ''), []);
  assert.deepEqual(resolve(files, 'd/%'), []);
  assert.deepEqual(resolve(files, '/'), ['/']);
});

test('sorts by bytes, not by UTF-16', t => {
  const files = machineWith(t, { 'd/\uffee': '', 'd/\u{1f600}': '', 'd/z': '', 'd/A': '' });
  assert.deepEqual(resolve(files, '/d/*'), ['/d/A', '/d/z', '/d/\uffee', '/d/\u{1f600}']);
});

test('goes 64 directories deep', t => {
  const root = directoryWith(t, {});
  mkdirSync(join(root, ...Array.from({ length: 80 }, () => 'd')), { recursive: true });
  const found = resolve(fileView(root), '/%%');
  assert.equal(found.length, 65);
});

test('loops of links end', t => {
  const files = machineWith(t, {
    'd/a': '',
    'd/up': { link: '..' },
    'd/self': { link: '.' },
    'd/x': { link: 'y' },
    'd/y': { link: 'x' },
  });
  const found = resolve(files, '/%%', { canonical: false });
  assert.equal(new Set(found).size, found.length);
  assert.ok(found.length < 50 && found.includes('/d/x'));
});

test('says what it could not read', t => {
  const base = machineWith(t, { 'd/sub/a': '' });
  const files: FileView = new Proxy(base, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (path: string) => {
        if (name === 'readdirTypes' && path.includes('sub')) throw Object.assign(new Error('no'), { code: 'EACCES' });
        return Reflect.apply(member, target, [path]);
      };
    },
  });
  const warnings: string[] = [];
  assert.deepEqual(resolve(files, '/d/%%', { warnings }), ['/d/sub/']);
  assert.deepEqual(resolve(files, '/d/sub/%', { warnings }), []);
  assert.equal(warnings.length, 2);
});
