import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseIomem } from '../../../extensions/tables/src/lib/iomem.ts';
import { parseLimits } from '../../../extensions/tables/src/lib/limits.ts';
import { parseCpuTimes } from '../../../extensions/tables/src/lib/proc-stat.ts';
import { parseSegments } from '../../../extensions/tables/src/lib/sysv-shm.ts';
import { memoryInfo } from '../../../extensions/tables/src/linux/memory_info.ts';
import { memoryMap } from '../../../extensions/tables/src/linux/memory_map.ts';
import { sharedMemory } from '../../../extensions/tables/src/linux/shared_memory.ts';
import { cpuTime } from '../../../extensions/tables/src/posix/cpu_time.ts';
import { loadAverage } from '../../../extensions/tables/src/posix/load_average.ts';
import { ulimitInfo } from '../../../extensions/tables/src/posix/ulimit_info.ts';
import { machineWith, rowsOf } from './machine.ts';

test('cpu_time gives a row for each processor that is on, and null for what an old kernel does not count', t => {
  const files = machineWith(t, {
    'proc/stat':
      'cpu  10 20 30 40 50 60 70 80 90 100\ncpu0 1 2 3 4 5 6 7 8 9 10\ncpu12 11 12 13 14 15 16 17\nintr 5 6\nctxt 7\nbtime 8\n',
  });
  const [first, second, ...others] = rowsOf(cpuTime, { files });
  assert.deepEqual(
    first,
    Object.fromEntries([
      ...(
        ['core', 'user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal', 'guest', 'guest_nice'] as const
      ).map((name, value) => [name, value] as const),
    ]),
  );
  assert.deepEqual([second?.core, second?.user, second?.softirq, second?.steal], [12, 11, 17, undefined]);
  assert.deepEqual(others, []);
});

test('load_average writes six decimals', t => {
  const files = machineWith(t, { 'proc/loadavg': '0.52 1.08 12.59 3/597 102434\n' });
  assert.deepEqual(rowsOf(loadAverage, { files }), [
    { period: '1m', average: '0.520000' },
    { period: '5m', average: '1.080000' },
    { period: '15m', average: '12.590000' },
  ]);
  assert.deepEqual(rowsOf(loadAverage, { files: machineWith(t, {}) }), []);
});

test('memory_info counts bytes', t => {
  const files = machineWith(t, {
    'proc/meminfo':
      'MemTotal:       16384 kB\nMemFree:            1 kB\nMemAvailable:       2 kB\nBuffers:            3 kB\nCached:             4 kB\n' +
      'SwapCached:         5 kB\nActive:             6 kB\nInactive:           7 kB\nActive(anon):      99 kB\nSwapTotal:          8 kB\n',
  });
  assert.deepEqual(rowsOf(memoryInfo, { files }), [
    {
      memory_total: 16384 * 1024,
      memory_free: 1024,
      memory_available: 2048,
      buffers: 3072,
      cached: 4096,
      swap_cached: 5120,
      active: 6144,
      inactive: 7168,
      swap_total: 8192,
      swap_free: undefined,
    },
  ]);
});

test('memory_map keeps ranges inside others', t => {
  const files = machineWith(t, {
    'proc/iomem':
      '00000000-00000fff : Reserved\n00001000-0009fbff : System RAM\n000a0000-000bffff : PCI Bus 0000:00\n' +
      '  000a0000-000bffff : Video RAM area : odd\n100000000-23fffffff : System RAM\nbroken\n',
  });
  assert.deepEqual(
    rowsOf(memoryMap, { files }).map(row => [row.name, row.start, row.end]),
    [
      ['Reserved', '0x00000000', '0x00000fff'],
      ['System RAM', '0x00001000', '0x0009fbff'],
      ['PCI Bus 0000:00', '0x000a0000', '0x000bffff'],
      ['Video RAM area : odd', '0x000a0000', '0x000bffff'],
      ['System RAM', '0x100000000', '0x23fffffff'],
    ],
  );
});

test('shared_memory reads permissions and flags', t => {
  const files = machineWith(t, {
    'proc/sysvipc/shm':
      '       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap\n' +
      '         0      32768  1600                524288  1500  2600      2  1000  1000  1001  1001 1700000001 1700000002 1700000000                 28672                     0\n' +
      '-559038737          3  2644                  4096     7     0      0     0     0     0     0          0          0 1700000003                     0                     0\n' +
      'garbage line\n',
  });
  const order = [
    ...(['shmid', 'owner_uid', 'creator_uid', 'pid', 'creator_pid', 'atime', 'dtime', 'ctime'] as const),
    ...(['permissions', 'size', 'attached', 'status', 'locked'] as const),
  ];
  assert.deepEqual(
    rowsOf(sharedMemory, { files }).map(row => order.map(name => row[name])),
    [
      [32768, 1000, 1001, 2600, 1500, 1700000001, 1700000002, 1700000000, '0600', 524288, 2, 'dest', 0],
      [3, 0, 0, 0, 7, 0, 0, 1700000003, '0644', 4096, 0, '', 1],
    ],
  );
});

test('ulimit_info names the resources as getrlimit does', t => {
  const files = machineWith(t, {
    'proc/self/limits':
      'Limit                     Soft Limit           Hard Limit           Units     \n' +
      'Max cpu time              unlimited            unlimited            seconds   \n' +
      'Max open files            1024                 1048576              files     \n' +
      'Max nice priority         0                    0                    \n' +
      'Max realtime timeout      unlimited            unlimited            us        \n',
  });
  assert.deepEqual(rowsOf(ulimitInfo, { files }), [
    { type: 'cpu', soft_limit: 'unlimited', hard_limit: 'unlimited' },
    { type: 'nice', soft_limit: '0', hard_limit: '0' },
    { type: 'nofile', soft_limit: '1024', hard_limit: '1048576' },
  ]);
  assert.equal(rowsOf(ulimitInfo).length, 15);
});

test('no content makes a parser throw', () => {
  const pieces = fc.constantFrom(
    'cpu0',
    ' ',
    '12',
    '\n',
    '-',
    ':',
    'Max open files',
    'unlimited',
    '0a-0f',
    ' : ',
    'x',
    '999999999999999999999',
  );
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 60 }).map(parts => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 300 }),
  );
  fc.assert(
    fc.property(texts, content => {
      for (const { core, ticks } of parseCpuTimes(content))
        assert.ok([core, ...ticks].every(value => !Number.isNaN(value)));
      for (const segment of parseSegments(`header\n${content}`))
        assert.ok(Object.values(segment).every(value => !Number.isNaN(value)));
      for (const { name } of parseIomem(content)) assert.ok(!name.includes('\n'));
      assert.ok([...parseLimits(content)].length <= 15);
    }),
  );
});
