import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { OutpostError } from '@outpost/protocol';
import fc from 'fast-check';
import { Journal } from '../../../core/src/watchdog/journal.ts';
import { messageReader } from '../../../core/src/watchdog/messages.ts';
import { takePidfile } from '../../../core/src/watchdog/pidfile.ts';
import { RestartDelay } from '../../../core/src/watchdog/restart-delay.ts';

test('messages come whole whatever way they are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.array(fc.nat({ max: 40 })), (values, cuts) => {
      const read = messageReader(() => assert.fail('nothing is broken'));
      let text = values.map(value => `${JSON.stringify(value)}\n`).join('');
      const got: unknown[] = [];
      for (const cut of cuts) {
        got.push(...read(text.slice(0, cut)));
        text = text.slice(cut);
      }
      got.push(...read(text));
      assert.equal(JSON.stringify(got), JSON.stringify(values));
    }),
  );
});

test('what is no message is told and skipped', () => {
  const broken: string[] = [];
  const read = messageReader(text => broken.push(text));
  assert.deepEqual(read('{"a":1}\n{nonsense\n{"b":2}\n'), [{ a: 1 }, { b: 2 }]);
  assert.deepEqual(broken, ['{nonsense']);
  read('x'.repeat((1 << 20) + 1));
  assert.match(broken[1] ?? '', /more than/);
});

test('a journal gives what was not acknowledged, in order, and counts what it had to drop', () => {
  const journal = new Journal();
  const note = (message: string) => ({ severity: 0, source: 'watcher', message, time: 0, printed: false }) as const;
  for (let i = 1; i <= 2_005; i++) journal.add(note(String(i)));
  const all = journal.after(0);
  assert.match(all.at(-1)?.note.message ?? '', /^Up to 5 lines .* were lost/);
  journal.acknowledge(2_004);
  const numbers = (told: number): number[] => journal.after(told).map(({ sequence }) => sequence);
  assert.deepEqual(numbers(0), [2_005, 2_006]);
  assert.deepEqual(numbers(2_005), [2_006]);
});

test('quick deaths wait longer and longer, a long life starts anew', () => {
  const delay = new RestartDelay(600);
  assert.deepEqual(
    [1, 1, 1, 1].map(lived => delay.after(lived)),
    [7, 9, 13, 21],
  );
  for (let i = 0; i < 50; i++) delay.after(0);
  assert.equal(delay.after(0), 600);
  assert.equal(delay.after(10), 0);
  assert.equal(delay.after(61), 0);
  assert.equal(delay.after(1), 7);
});

test('a pid file is taken once, taken over from the dead, and removed only when ours; another program has none', context => {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-'));
  const path = join(directory, 'pid');
  writeFileSync(path, '999999999\n');
  const release = takePidfile(path);
  assert.equal(readFileSync(path, 'utf8'), String(process.pid));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  release();
  assert.throws(() => readFileSync(path));
  writeFileSync(path, '1');
  takePidfile(path)();
  const agent = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)', 'outpostd'], { stdio: 'ignore' });
  context.after(() => agent.kill());
  writeFileSync(path, String(agent.pid));
  assert.throws(
    () => takePidfile(path),
    (error: unknown) => error instanceof OutpostError && error.code === 'PIDFILE_HELD',
  );
  assert.throws(
    () => takePidfile(join(directory, 'none', 'pid')),
    (error: unknown) => error instanceof OutpostError && error.code === 'PIDFILE_UNUSABLE',
  );
  rmSync(directory, { recursive: true });
});
