import assert from 'node:assert/strict';
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
