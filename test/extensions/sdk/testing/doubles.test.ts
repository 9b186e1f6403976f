import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fakeClock, fakeFiles } from '@outpost/sdk/testing';

test('made-up files are there until they are disposed of', () => {
  let root = '';
  {
    using files = fakeFiles({ '/etc/a': 'text', '/bin/b': Buffer.from([1, 2]) });
    root = files.root;
    assert.equal(files.readText('/etc/a'), 'text');
    assert.deepEqual(files.readFile('/bin/b'), Buffer.from([1, 2]));
    assert.equal(files.exists('/etc/passwd'), false);
  }
  assert.equal(existsSync(root), false);
});

test('a clock stands still until it is moved on, and wakes in the order of time', async () => {
  const clock = fakeClock(1000);
  const woken: (readonly [string, number])[] = [];
  const sleep = async (name: string, milliseconds: number): Promise<void> => {
    await clock.sleep(milliseconds);
    woken.push([name, clock.now()]);
  };
  const all = [sleep('later', 20), sleep('first', 10), sleep('first', 10).then(() => sleep('again', 5))];
  assert.equal(clock.sleeping, 3);
  await clock.advance(9);
  assert.deepEqual(woken, []);
  await clock.advance(11);
  await Promise.all(all);
  assert.deepEqual(woken, [
    ['first', 1010],
    ['first', 1010],
    ['again', 1015],
    ['later', 1020],
  ]);
  assert.equal(clock.now(), 1020);
});

test('a sleeper is given up by its signal', async () => {
  const clock = fakeClock();
  const giving = new AbortController();
  const asleep = clock.sleep(10, giving.signal);
  giving.abort(new Error('enough'));
  await assert.rejects(asleep, /enough/);
  assert.equal(clock.sleeping, 0);
  await assert.rejects(clock.sleep(10, giving.signal), /enough/);
});
