import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

interface Event {
  readonly event: string;
  readonly pid?: number;
  readonly message?: string;
  readonly reason?: string;
  readonly culprit?: unknown;
}

const start = (
  context: TestContext,
  ...args: string[]
): { process: ChildProcess; next(event: string): Promise<Event> } => {
  const watcher = spawn(process.execPath, [fileURLToPath(new URL('./watcher-fixture.ts', import.meta.url)), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => watcher.kill('SIGKILL'));
  const lines = createInterface({ input: watcher.stdout })[Symbol.asyncIterator]();
  const next = async (event: string): Promise<Event> => {
    for (let line = await lines.next(); !line.done; line = await lines.next()) {
      const parsed = JSON.parse(line.value) as Event;
      if (parsed.event === event) return parsed;
    }
    throw new Error(`the watcher ended before '${event}'`);
  };
  return { process: watcher, next };
};

const exitCode = async (child: ChildProcess): Promise<number | null> => {
  if (child.exitCode !== null) return child.exitCode;
  return ((await once(child, 'exit')) as [number | null])[0];
};

test('a worker that is killed comes back, and learns from the watcher what happened', async context => {
  const watcher = start(context, 'good');
  const first = await watcher.next('started');
  process.kill(first.pid ?? 0, 'SIGKILL');
  const printed = await watcher.next('printed');
  assert.match(printed.message ?? '', /was ended by SIGKILL after .* Starting it again/);
  const second = await watcher.next('started');
  assert.notEqual(second.pid, first.pid);
  assert.equal((await watcher.next('note')).message, printed.message);
  watcher.process.kill('SIGTERM');
  assert.equal(await exitCode(watcher.process), 3, 'the exit code of the last worker');
});

test('a worker that says 78 is not started again', async context => {
  assert.equal(await exitCode(start(context, 'catastrophe').process), 78);
});

test('a worker that does not end is killed', async context => {
  const watcher = start(context, 'stubborn');
  await watcher.next('started');
  watcher.process.kill('SIGTERM');
  assert.equal(await exitCode(watcher.process), 0);
});

test('a worker notices that its watcher was killed, and ends', async context => {
  const watcher = start(context, 'good');
  await watcher.next('started');
  watcher.process.kill('SIGKILL');
  await watcher.next('watcher gone');
});

test('notes for a worker that reads nothing are kept within bounds; it is told the last ones, and how many were lost', async context => {
  const watcher = start(context, 'good');
  const { pid = 0 } = await watcher.next('started');
  process.kill(pid, 'SIGSTOP');
  watcher.process.kill('SIGUSR2');
  await watcher.next('noted');
  process.kill(pid, 'SIGCONT');
  const told: string[] = [];
  while (!/ were lost /.test(told.at(-1) ?? '')) told.push((await watcher.next('note')).message ?? '');
  const numbers = told.slice(0, -1).map(message => Number.parseInt(message, 10));
  assert.deepEqual(
    numbers,
    numbers.toSorted((left, right) => left - right),
  );
  assert.equal(numbers.at(-1), 5_000);
  const lost = Number(/^Up to (\d+) lines /.exec(told.at(-1) ?? '')?.[1]);
  assert.ok(lost >= 5_000 - numbers.length && numbers.length < 4_000, `${numbers.length} came, ${lost} were lost`);
  watcher.process.kill('SIGTERM');
  await exitCode(watcher.process);
});

test('signals are passed on', async context => {
  const watcher = start(context, 'good');
  await watcher.next('started');
  watcher.process.kill('SIGHUP');
  await watcher.next('hup');
  watcher.process.kill('SIGTERM');
  await exitCode(watcher.process);
});

test('a note that a worker has not stored is given to the next one', async context => {
  const watcher = start(context, 'forgetful');
  const first = await watcher.next('started');
  process.kill(first.pid ?? 0, 'SIGKILL');
  const { message } = await watcher.next('printed');
  const second = await watcher.next('started');
  assert.equal((await watcher.next('note')).message, message);
  process.kill(second.pid ?? 0, 'SIGKILL');
  await watcher.next('started');
  assert.equal((await watcher.next('note')).message, message);
});

test('a worker that takes too much CPU is told so, and ended unless that helps; its successor learns why', async context => {
  const watcher = start(context, 'spinning');
  const first = await watcher.next('started');
  const limit = /^Maximum sustainable CPU utilization limit \d+ms exceeded for \d+ seconds$/;
  assert.match((await watcher.next('excess')).message ?? '', limit);
  const { message = '' } = await watcher.next('limit');
  assert.match(message, limit);
  const { reason, culprit } = await watcher.next('last end');
  assert.equal(reason, message);
  assert.deepEqual(culprit, { lane: 'scheduled', name: 'bad', table: 't', figure: 'of cpu it took most' });
  assert.notEqual((await watcher.next('started')).pid, first.pid);
  watcher.process.kill('SIGTERM');
  await exitCode(watcher.process);
});
