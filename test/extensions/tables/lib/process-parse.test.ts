import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Numbers } from '../../../../extensions/tables/src/lib/process/numbers.ts';
import {
  bootTimeOf,
  parseCgroup,
  parseCmdline,
  parseIo,
  parseStat,
  parseStatus,
} from '../../../../extensions/tables/src/lib/process/parse.ts';

const pieces = fc.constantFrom(
  'Name:\t',
  '\nUid:\t',
  '\nGid:\t',
  '\nTgid:\t',
  '\nVmSize:\t',
  '\nread_bytes: ',
  '\nwrite_bytes: ',
  'btime ',
  ' (',
  ') S ',
  '12 ',
  '-1',
  '\n',
  ':',
  '\0',
  '\u00ff',
  '99999999999999999999',
);
const texts = fc.oneof(
  fc.array(pieces, { maxLength: 40 }).map(parts => parts.join('')),
  fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes).toString('latin1')),
);

test('no content makes a parser throw', () => {
  fc.assert(
    fc.property(texts, text => {
      for (const value of Object.values(parseStatus(text) ?? {})) assert.ok(!Number.isNaN(value));
      for (const value of Object.values(parseStat(text) ?? {})) assert.ok(!Number.isNaN(value));
      for (const value of Object.values(parseIo(text))) assert.ok(!Number.isNaN(value));
      assert.equal(typeof parseCgroup(text), 'string');
      assert.ok(!parseCmdline(text).includes('\0'));
      bootTimeOf(text);
    }),
    { numRuns: 1000 },
  );
});

test('numbers are read as they were written', () => {
  const numbers = fc.array(fc.integer(), { minLength: 1 });
  fc.assert(
    fc.property(numbers, fc.constantFrom(' ', '\t', ' kB\n'), (values, separator) => {
      const reader = new Numbers(values.join(separator), 0);
      assert.deepEqual(
        values.map(() => reader.next()),
        values.map(value => value + 0),
      );
    }),
  );
});
