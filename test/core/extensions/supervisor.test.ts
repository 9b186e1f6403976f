import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { programOf } from '../../../core/src/extensions/program.ts';
import { type SupervisionOptions, Supervisor, type SupervisorEvent } from '../../../core/src/extensions/supervisor.ts';
import { temporaryFolder } from './fakes.ts';

const quick = { firstMs: 20, longestMs: 40, stableMs: 60_000 };

function program(folder: string, name: string, source: string): string {
  const path = join(folder, name);
  writeFileSync(path, source);
  chmodSync(path, 0o755);
  return path;
}

/** A supervisor of one program, what it told, and a way to wait for it. */
class Watch implements AsyncDisposable {
  readonly events: SupervisorEvent[] = [];
  readonly lines: string[] = [];
  readonly supervisor: Supervisor;
  #wake: () => void = () => undefined;

  constructor(path: string, options: Partial<SupervisionOptions> = {}) {
    this.supervisor = new Supervisor([programOf(path)], {
      socket: '/tmp/em socket',
      timeoutSeconds: 3,
      intervalSeconds: 5,
      verbose: true,
      backoff: quick,
      onLine: (extension, stream, line) => this.#tell(() => this.lines.push(`${extension} ${stream}: ${line}`)),
      onEvent: event => this.#tell(() => this.events.push(event)),
      ...options,
    });
    this.supervisor.start();
  }

  #tell(note: () => void): void {
    note();
    this.#wake();
  }

  /** Waits until something holds that events or lines make true. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  of<T extends SupervisorEvent['type']>(type: T): Extract<SupervisorEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<SupervisorEvent, { type: T }> => event.type === type);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.supervisor.stop();
  }
}

/** Whether a process lives; a zombie, which nobody may reap in a container, does not. */
const lives = (pid: number): boolean => {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  try {
    return !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false; // it ended between the two
  }
};

async function ended(pid: number): Promise<void> {
  while (lives(pid)) await delay(10);
}

const pidIn = (lines: readonly string[], word: string): number =>
  Number(lines.find(line => line.includes(word))?.split(`${word} `)[1]);

test('an extension gets its arguments and environment, and what it writes is passed on', {
  timeout: 30_000,
}, async () => {
  using folder = temporaryFolder();
  const path = program(
    folder.path,
    'arguments',
    '#!/bin/sh\necho "$@"\necho "$OSQUERY_EXTENSION $(echo "$PATH" | cut -d: -f1)" >&2\nsleep 100\n',
  );
  await using watch = new Watch(path);
  await watch.until(() => watch.lines.length === 2);
  assert.deepEqual(watch.lines.sort(), [
    `arguments stderr: ${process.pid} ${dirname(process.execPath)}`,
    'arguments stdout: --socket /tmp/em socket --timeout 3 --interval 5 --verbose',
  ]);
});

test('a script runs in this Node.js, also by #!/usr/bin/env node', { timeout: 30_000 }, async () => {
  using folder = temporaryFolder();
  const source = 'const version: string = process.version;\nconsole.log(version);\nsetInterval(() => 0, 1000);\n';
  await using typed = new Watch(program(folder.path, 'typed.ts', source));
  await using plain = new Watch(program(folder.path, 'plain', '#!/usr/bin/env node\nconsole.log(process.version);\n'));
  for (const watch of [typed, plain]) {
    await watch.until(() => watch.lines.length > 0);
    assert.match(watch.lines[0] ?? '', new RegExp(`stdout: ${process.version}$`));
  }
});

test('an extension that ends is started again, at once and then later and later', { timeout: 30_000 }, async () => {
  using folder = temporaryFolder();
  await using watch = new Watch(program(folder.path, 'short', '#!/bin/sh\nexit 7\n'));
  await watch.until(() => watch.of('exited').length >= 5);
  assert.deepEqual(
    watch
      .of('exited')
      .slice(0, 5)
      .map(({ code, restartMs }) => [code, restartMs]),
    [
      [7, 0],
      [7, 20],
      [7, 40],
      [7, 40],
      [7, 40],
    ],
  );
  assert.equal(new Set(watch.of('started').map(({ pid }) => pid)).size, watch.of('started').length);
});

test('what an extension started dies with it', { timeout: 30_000 }, async () => {
  using folder = temporaryFolder();
  const path = program(folder.path, 'family', '#!/bin/sh\nsleep 1000 &\necho child $!\nexit 1\n');
  await using watch = new Watch(path, { backoff: { firstMs: 60_000, longestMs: 60_000, stableMs: 60_000 } });
  await watch.until(() => watch.of('exited').length === 2 && watch.lines.length === 2);
  for (const line of watch.lines) await ended(Number(line.split(' ').at(-1)));
});

test('the stop ends the whole group, and kills who does not listen', { timeout: 30_000 }, async () => {
  using folder = temporaryFolder();
  const source = `#!/bin/sh\ntrap '' TERM\n(trap '' TERM; while :; do sleep 1; done) &\necho child $!\nwhile :; do sleep 1; done\n`;
  const watch = new Watch(program(folder.path, 'stubborn', source), { stopMs: 300 });
  await watch.until(() => watch.lines.length === 1);
  const [leader = 0] = watch.supervisor.pids;
  const startedAt = performance.now();
  await watch.supervisor.stop();
  assert.ok(performance.now() - startedAt >= 250);
  assert.deepEqual(watch.supervisor.pids, []);
  for (const pid of [leader, pidIn(watch.lines, 'child')]) await ended(pid);
  const [exit] = watch.of('exited');
  assert.deepEqual([exit?.signal, exit?.restartMs], ['SIGKILL', undefined]);
});

test('an obedient extension ends at SIGTERM, and the stop is final', { timeout: 30_000 }, async () => {
  using folder = temporaryFolder();
  const watch = new Watch(program(folder.path, 'obedient', '#!/bin/sh\necho up\nexec sleep 1000\n'));
  await watch.until(() => watch.lines.length === 1);
  await watch.supervisor.stop();
  await watch.supervisor.stop();
  assert.equal(watch.of('exited')[0]?.signal, 'SIGTERM');
  await delay(100);
  assert.equal(watch.of('started').length, 1);
});

test('a program that may not be started is asked about again', { timeout: 30_000 }, async () => {
  using folder = temporaryFolder();
  let refusals = 0;
  const path = program(folder.path, 'later', '#!/bin/sh\necho up\nexec sleep 1000\n');
  await using watch = new Watch(path, { verify: () => (++refusals < 3 ? 'not now' : undefined) });
  await watch.until(() => watch.lines.length === 1);
  assert.deepEqual(
    watch.of('failed').map(({ message, restartMs }) => [message, restartMs]),
    [
      ['not now', 0],
      ['not now', 20],
    ],
  );
});

test('a program that cannot be executed is tried again, and the reason is told', { timeout: 30_000 }, async () => {
  using folder = temporaryFolder();
  await using watch = new Watch(join(folder.path, 'absent'));
  const tries = (): number => watch.of('exited').length + watch.of('failed').length;
  await watch.until(() => tries() >= 3);
  const told = [...watch.lines, ...watch.of('failed').map(({ message }) => message)];
  assert.match(told.join('\n'), /No such file|ENOENT/);
});

test('a watcher that is killed leaves no extension behind', {
  timeout: 30_000,
  skip: !existsSync('/usr/bin/setpriv'),
}, async () => {
  using folder = temporaryFolder();
  const path = program(folder.path, 'orphan.mjs', 'console.log("up");\nsetInterval(() => 0, 1000);\n');
  const fixture = join(import.meta.dirname, 'supervisor-fixture.ts');
  const watcher = spawn(process.execPath, [fixture, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let pid = 0;
  for await (const text of createInterface({ input: watcher.stdout })) {
    const event = JSON.parse(text) as SupervisorEvent | { line: string };
    if ('pid' in event) pid = event.pid;
    if ('line' in event) break;
  }
  assert.ok(lives(pid));
  const group = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ').slice(2, 4);
  assert.deepEqual(group, [String(pid), String(pid)], 'it leads its process group and session');
  watcher.kill('SIGKILL');
  await ended(pid);
});
