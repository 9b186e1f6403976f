import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { time } from '../../../extensions/tables/src/common/time.ts';
import { asctimeOf, isoOf, weekdayOf } from '../../../extensions/tables/src/lib/calendar.ts';
import { abbreviationOf, footerOf, localAbbreviation } from '../../../extensions/tables/src/lib/timezone.ts';
import { machineWith, rowsOf } from './machine.ts';

test('gives the time of now', () => {
  const before = Math.floor(Date.now() / 1000);
  const [row] = rowsOf(time);
  const now = Number(row?.unix_time);
  assert.ok(now >= before && now <= before + 5);
  assert.equal(Date.parse(String(row?.iso_8601)) / 1000, now);
  assert.equal(row?.datetime, row?.iso_8601);
  assert.equal(row?.timezone, 'UTC');
  const parts = [row?.year, row?.month, row?.day, row?.hour, row?.minutes, row?.seconds];
  assert.deepEqual(parts, String(row?.iso_8601).match(/\d+/g)?.map(Number));
});

test('writes a date as the C library does', () => {
  const date = new Date(Date.UTC(2026, 10, 3, 2, 9, 41));
  assert.equal(asctimeOf(date), 'Tue Nov  3 02:09:41 2026 UTC');
  assert.equal(isoOf(date), '2026-11-03T02:09:41Z');
  assert.equal(weekdayOf(date), 'Tuesday');
});

test('tells summer from winter by the offset', () => {
  const cases: [string, number, string | undefined][] = [
    ['UTC0', 0, 'UTC'],
    ['CET-1CEST,M3.5.0,M10.5.0/3', -60, 'CET'],
    ['CET-1CEST,M3.5.0,M10.5.0/3', -120, 'CEST'],
    ['EST5EDT,M3.2.0,M11.1.0', 240, 'EDT'],
    ['<+1030>-10:30<+11>-11,M10.1.0,M4.1.0', -660, '+11'],
    ['<+0545>-5:45', -345, '+0545'],
    ['IST-1GMT0,M10.5.0,M3.5.0/1', 0, 'GMT'],
    ['', 0, undefined],
    ['nonsense', 0, undefined],
  ];
  for (const [rule, offset, expected] of cases) assert.equal(abbreviationOf(rule, offset), expected, rule);
});

test('reads the rule at the end of a zone file', t => {
  const zone = Buffer.from('TZif2\0\0\0binary\nUTC0\n');
  assert.equal(footerOf(zone), 'UTC0');
  const files = machineWith(t, { 'etc/localtime': { link: '/usr/share/zoneinfo/X' }, 'usr/share/zoneinfo/X': zone });
  assert.equal(localAbbreviation(files, new Date()), 'UTC');
  assert.equal(localAbbreviation(machineWith(t, {}), new Date()), 'UTC');
});

test('no content makes the parsers throw', () => {
  fc.assert(
    fc.property(fc.uint8Array(), bytes => {
      const rule = footerOf(Buffer.concat([Buffer.from('TZif'), bytes, Buffer.from('\n')]));
      assert.equal(typeof rule, 'string');
      abbreviationOf(rule ?? '', 0);
    }),
  );
});
