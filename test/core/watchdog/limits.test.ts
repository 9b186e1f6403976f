import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { LimitWatch, readingText } from '../../../core/src/watchdog/limit-watch.ts';
import { limitsOf } from '../../../core/src/watchdog/limits.ts';
import { usageOf } from '../../../core/src/watchdog/usage.ts';

const megabyte = 1024 * 1024;
const none = { level: 0, memoryMb: 0, cpuPercent: 0, latencySeconds: 0 };

test('levels are those of osquery, and flags above 0 win', () => {
  assert.deepEqual(limitsOf(none), { memoryBytes: 200 * megabyte, cpuPercent: 10, latencySeconds: 12 });
  assert.deepEqual(limitsOf({ ...none, level: 7 }), limitsOf(none));
  assert.deepEqual(limitsOf({ ...none, level: 1 }), { memoryBytes: 100 * megabyte, cpuPercent: 5, latencySeconds: 6 });
  assert.deepEqual(limitsOf({ ...none, level: -1, memoryMb: 7, cpuPercent: 200, latencySeconds: 3 }), {
    memoryBytes: 7 * megabyte,
    cpuPercent: 100,
    latencySeconds: 3,
  });
});

test('CPU must be exceeded in a row for as long as the limit allows', () => {
  const watch = new LimitWatch(limitsOf(none), 4);
  let cpuMs = 0;
  const check = (usedMs: number) => {
    cpuMs += usedMs;
    return watch.check({ cpuMs, residentBytes: 0 }).verdict?.message;
  };
  assert.equal(check(1201), undefined);
  assert.equal(check(1201), undefined);
  assert.equal(check(1200), undefined, 'as much as is allowed');
  for (let i = 0; i < 3; i++) assert.equal(check(1201), undefined);
  assert.equal(check(1201), 'Maximum sustainable CPU utilization limit 1200ms exceeded for 12 seconds');
});

test('a watcher that was kept from looking allows for the time', () => {
  const watch = new LimitWatch(limitsOf({ ...none, latencySeconds: 3 }), 4);
  assert.equal(watch.check({ cpuMs: 12_000, residentBytes: 0 }, 30).verdict, undefined);
  assert.equal(watch.check({ cpuMs: 24_001, residentBytes: 0 }, 30).verdict?.kind, 'cpu');
});

test('memory counts from what was seen first; near the limit the process is asked once to take less', () => {
  const watch = new LimitWatch(limitsOf({ ...none, memoryMb: 100 }), 1);
  const check = (mb: number) => watch.check({ cpuMs: 0, residentBytes: mb * megabyte }).verdict;
  assert.equal(check(50), undefined);
  assert.equal(check(40), undefined);
  assert.equal(check(130), undefined);
  assert.deepEqual(check(131), {
    kind: 'memory',
    degree: 'near',
    message: 'Memory limit is near: 84934656 bytes (limit is 100MB)',
  });
  assert.equal(check(140), undefined);
  assert.equal(check(100), undefined);
  assert.equal(check(140)?.degree, 'near', 'asked again after it took less');
  assert.deepEqual(check(151), {
    kind: 'memory',
    degree: 'over',
    message: 'Memory limits exceeded: 105906176 bytes (limit is 100MB)',
  });
});

test('twice the limit is not discussed; what a process needs to be there does not count', () => {
  const watch = new LimitWatch(limitsOf({ ...none, memoryMb: 100 }), 1);
  const check = (mb: number) => watch.check({ cpuMs: 0, residentBytes: mb * megabyte }).verdict?.degree;
  assert.equal(check(10), undefined);
  assert.equal(check(211), 'severe');
  watch.settle();
  assert.equal(check(211), undefined);
  assert.equal(check(311), 'near');
  assert.equal(check(312), 'over');
});

test('the line of --enable_watchdog_debug is that of osquery', () => {
  const reading = {
    cpuMs: 12.4,
    allowedCpuMs: 600,
    grownBytes: 1.5 * megabyte,
    allowedBytes: 200 * megabyte,
    verdict: undefined,
  };
  assert.equal(readingText(7, reading), 'pid: 7, cpu: 12ms/600ms, memory: 1.50MB/200MB');
});

test('usage is read from /proc, whatever the program is called', async context => {
  const child = spawn(process.execPath, ['-e', "process.title = 'a) b ('; for (;;);"], { stdio: 'ignore' });
  context.after(() => child.kill('SIGKILL'));
  const { pid = 0 } = child;
  const deadline = performance.now() + 10_000;
  while ((usageOf(pid)?.cpuMs ?? 0) < 100) assert.ok(performance.now() < deadline);
  assert.ok((usageOf(pid)?.residentBytes ?? 0) > 10 * megabyte);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(usageOf(pid), undefined);
});
