import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
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
  const told: string[] = [];
  for (let batch = journal.after(0); batch.length > 0; batch = journal.after(0)) {
    assert.ok(batch.length <= 200, 'only so many are under way');
    assert.deepEqual(journal.after(batch.at(-2)?.sequence ?? 0), batch.slice(-1));
    told.push(...batch.map(({ note }) => note.message));
    journal.acknowledge(batch.at(-1)?.sequence ?? 0);
  }
  assert.deepEqual([told.length, told[0], told.at(-2)], [2_001, '6', '2005']);
  assert.match(told.at(-1) ?? '', /^Up to 5 lines .* were lost/);
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

test('a pid file is locked while its process lives, whatever number it holds, and removed only when ours', async context => {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'pid');
  for (const left of ['999999999\n', String(process.ppid), 'nonsense', '']) {
    writeFileSync(path, left);
    const release = takePidfile(path);
    assert.equal(readFileSync(path, 'utf8'), String(process.pid));
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.throws(() => takePidfile(path), { code: 'PIDFILE_HELD' });
    release();
    assert.throws(() => readFileSync(path), { code: 'ENOENT' });
  }
  const release = takePidfile(path);
  rmSync(path);
  writeFileSync(path, 'of another');
  release();
  assert.equal(readFileSync(path, 'utf8'), 'of another');
  assert.throws(() => takePidfile(join(directory, 'none', 'pid')), { code: 'PIDFILE_UNUSABLE' });
  assert.throws(() => takePidfile(directory), { code: 'PIDFILE_UNUSABLE' });
});

test('of many that want a pid file at once, one has it', async context => {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const fixture = fileURLToPath(new URL('./pidfile-fixture.ts', import.meta.url));
  const rivals = Array.from({ length: 6 }, () =>
    spawn(process.execPath, [fixture, join(directory, 'pid')], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  context.after(() => rivals.forEach(rival => void rival.kill('SIGKILL')));
  const words = await Promise.all(rivals.map(async ({ stdout }) => String((await once(stdout, 'data'))[0])));
  assert.deepEqual(words.toSorted(), [...Array(5).fill('PIDFILE_HELD'), 'taken']);
  assert.equal(readFileSync(join(directory, 'pid'), 'utf8'), String(rivals[words.indexOf('taken')]?.pid));
});
