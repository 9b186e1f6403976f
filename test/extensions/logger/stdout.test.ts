import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { stdoutLogger } from '../../../extensions/logger/src/index.ts';

test('lines, snapshots and statuses are printed as osquery prints them', async () => {
  let printed = '';
  const logger = stdoutLogger(async text => {
    printed += text;
  });
  await logger.logString('{"a":1}');
  await logger.logBatch?.(['{"b":2}', '{"c":3}']);
  await logger.logStatus?.([
    { severity: 1, file: 'x.cpp', line: 7, message: 'm', hostIdentifier: '', calendarTime: '', unixTime: 0 },
  ]);
  assert.equal(printed, '{"a":1}\n{"b":2}\n{"c":3}\nseverity=1 location=x.cpp:7 message=m\n');
  assert.equal(logger.logSnapshot, undefined, 'snapshots go to logString');
});

test('a reader that takes nothing is given no more than one write', { timeout: 20_000 }, async () => {
  const module = new URL('../../../extensions/logger/src/index.ts', import.meta.url).href;
  const script = `
    import { stdoutLogger } from '${module}';
    const logger = stdoutLogger();
    void logger.logString('x'.repeat(1 << 20));
    await logger.logString('more').catch(error => process.stderr.write(error.message));
    process.exit();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pause();
  let told = '';
  child.stderr.on('data', text => {
    told += text;
  });
  await once(child, 'close', { signal: AbortSignal.timeout(15_000) }).catch(() => child.kill());
  assert.match(told, /^Standard output is not read/);
});
