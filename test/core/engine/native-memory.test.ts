import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

const length = 8 << 20;
const given = [length, false, false];
const refused = ['code 7', true, false];

/** This thread must not load the native module: see the fixture. */
const inThread = async (): Promise<unknown> => {
  const worker = new Worker(new URL('./native-memory-fixture.ts', import.meta.url));
  const [[told]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
  return told;
};

test('SQLite is refused what goes beyond the limit of a run, in each thread, also when its library was loaded anew', async () => {
  const expected = [refused, given, given, refused, given, given];
  for (let round = 0; round < 3; round++)
    assert.deepEqual(await Promise.all([inThread(), inThread()]), [expected, expected]);
});
