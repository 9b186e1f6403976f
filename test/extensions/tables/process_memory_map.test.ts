import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { processMemoryMap } from '../../../extensions/tables/src/common/process_memory_map.ts';
import { parseMaps } from '../../../extensions/tables/src/lib/process/maps.ts';
import { machineWith, rowsOf } from './machine.ts';

const maps = `00400000-00452000 r-xp 00000000 08:02 173521                             /usr/bin/dbus-daemon
35b1a21000-35b1a22000 rw-p 00000000 00:00 0 
7f2b3c000000-7f2b3c021000 rw-s 7ffffffff000 00:01 12                     /memfd:two words (deleted)
7ffd6a1d7000-7ffd6a1f8000 rw-p 00000000 00:00 0                          [stack]
ffffffffff600000-ffffffffff601000 --xp fffffffffffff000 00:00 0                  [vsyscall]
nonsense
`;

test('reads the regions of a process', t => {
  const files = machineWith(t, { 'proc/7/maps': maps, 'proc/8/maps': '', 'proc/9': { directory: true } });
  const order = ['pid', 'start', 'end', 'permissions', 'offset', 'device', 'inode', 'path', 'pseudo'];
  assert.deepEqual(
    rowsOf(processMemoryMap, { files }).map(row => order.map(name => row[name])),
    [
      [7, '0x00400000', '0x00452000', 'r-xp', 0, '08:02', 173521, '/usr/bin/dbus-daemon', 0],
      [7, '0x35b1a21000', '0x35b1a22000', 'rw-p', 0, '00:00', 0, '', 0],
      [7, '0x7f2b3c000000', '0x7f2b3c021000', 'rw-s', 0x7ffffffff000, '00:01', 12, '/memfd:two words', 0],
      [7, '0x7ffd6a1d7000', '0x7ffd6a1f8000', 'rw-p', 0, '00:00', 0, '[stack]', 1],
      [7, '0xffffffffff600000', '0xffffffffff601000', '--xp', -4096, '00:00', 0, '[vsyscall]', 1],
    ],
  );
});

test('an offset beyond 2^53 stays exact, and one that is no number is -1', () => {
  const line = (offset: string): string => `1-2 r--p ${offset} 08:02 1 /x\n`;
  const offsets = [...parseMaps(line('20000000000001') + line('xyz') + line('0'.repeat(17)))].map(
    ({ offset }) => offset,
  );
  assert.deepEqual(offsets, [9007199254740993n, -1, -1]);
});

test('sees the program of this process', () => {
  const rows = rowsOf(processMemoryMap, { where: { pid: process.pid } });
  assert.ok(rows.some(row => row.path === process.execPath && String(row.permissions).includes('x')));
  assert.ok(rows.some(row => row.path === '[stack]' && row.pseudo === 1));
});

test('no content makes the parser throw', () => {
  const pieces = fc.constantFrom(
    '00-ff',
    ' ',
    'r-xp',
    'ffffffffffffffff',
    '08:02',
    '0',
    '/x',
    '\n',
    '[heap]',
    ' (deleted)',
  );
  fc.assert(
    fc.property(fc.array(pieces), parts => {
      for (const { inode, path } of parseMaps(parts.join(''))) {
        assert.ok(Number.isInteger(inode));
        assert.ok(!path.includes('\n'));
      }
    }),
  );
});
