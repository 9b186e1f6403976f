import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, type Started, until } from '../integration/harness.ts';
import { seeded } from '../integration/random.ts';
import { type Replayed, replay } from '../integration/replay.ts';
import { disturb, inLog, onDisk, watched } from './watched.ts';

const query = 'watched_files';
const log = 'logs/outpostd.results.log';

/** Runs a program that must succeed. */
const run = (command: string, ...args: string[]): void => {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stderr}`);
};

/** Whether this user may mount file systems, which the conditions are made with. */
export const canMount = (): boolean => {
  const probe = mkdtempSync(join(tmpdir(), 'outpost-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe]).status === 0;
  if (mounted) run('umount', probe);
  rmdirSync(probe);
  return mounted;
};

/** Two small disks of one sandbox, for its log and for its database. */
class Disks {
  readonly #sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    for (const [name, size] of [
      ['logs', '1m'],
      ['data', '24m'],
    ] as const) {
      mkdirSync(sandbox.path(name));
      run('mount', '-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', sandbox.path(name));
    }
  }

  /** Fills a disk to its last byte. @returns what empties it again */
  fill(name: string): () => void {
    const filler = this.#sandbox.path(name, 'filler');
    const chunk = Buffer.alloc(4096);
    for (;;)
      try {
        writeFileSync(filler, chunk, { flag: 'a' });
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
        return () => rmSync(filler);
      }
  }

  /** Lets nobody write to a disk. @returns what ends that */
  freeze(name: string): () => void {
    run('mount', '-o', 'remount,ro', this.#sandbox.path(name));
    return () => run('mount', '-o', 'remount,rw', this.#sandbox.path(name));
  }

  unmount(): void {
    for (const name of ['logs', 'data']) spawnSync('umount', ['-l', this.#sandbox.path(name)]);
  }
}

/** What a daemon went through. */
export interface Adversities {
  /** How often each condition was said. */
  readonly said: Readonly<Record<string, number>>;
  readonly lines: number;
  readonly repeated: number;
}

/** A daemon whose schedule looks at a directory every second. */
const start = (sandbox: Sandbox): Started => {
  mkdirSync(sandbox.path(watched));
  const directory = sandbox.path(watched);
  sandbox.write('outpost.conf', {
    schedule: { [query]: { query: `select filename, size from file where directory = '${directory}'`, interval: 1 } },
  });
  return sandbox.daemon(
    `--logger_path=${sandbox.path('logs')}`,
    `--database_path=${sandbox.path('data', 'outpost.db')}`,
  );
};

/**
 * Takes from a running daemon what it needs, one thing after the other, and gives it back: the log's disk is full, then read-only; the
 * database's disk is full; the database is removed. Each time the log has to say what is in the directory in the end, without a restart
 * of the agent, and the condition has to be said, though not again and again.
 */
export const endure = async (sandbox: Sandbox, rounds: number, seed: number): Promise<Adversities> => {
  const random = seeded(seed);
  const disks = new Disks(sandbox);
  try {
    return await new Ordeal(sandbox, disks, start(sandbox), random).run(rounds);
  } finally {
    disks.unmount();
  }
};

class Ordeal {
  readonly #sandbox: Sandbox;
  readonly #disks: Disks;
  readonly #daemon: Started;
  readonly #random: (bound: number) => number;
  readonly #said: Record<string, number> = {};

  constructor(sandbox: Sandbox, disks: Disks, daemon: Started, random: (bound: number) => number) {
    this.#sandbox = sandbox;
    this.#disks = disks;
    this.#daemon = daemon;
    this.#random = random;
  }

  async run(rounds: number): Promise<Adversities> {
    const { worker } = await this.#sandbox.pids();
    await this.#settled(0);
    for (let round = 0; round < rounds; round++) {
      await this.#without('full log disk', () => this.#disks.fill('logs'), /logger filesystem did not take/g);
      await this.#without('read-only log', () => this.#disks.freeze('logs'), /logger filesystem did not take/g);
      await this.#without('full database disk', () => this.#disks.fill('data'), /results to database for query/g);
      assert.match(this.#statuses(), /results to database for query/, 'the log on the other disk has it, too');
    }
    const whole = await this.#settled(0);
    await this.#loseDatabase();
    assert.equal((await this.#sandbox.pids()).worker, worker, 'the agent was started again');
    return { said: this.#said, lines: whole.lines, repeated: whole.repeated };
  }

  #change(): void {
    for (let change = this.#random(8); change >= 0; change--) disturb(this.#sandbox, this.#random);
  }

  /** Imposes a condition until the daemon has said it, while the directory changes; then lifts it. */
  async #without(name: string, impose: () => () => void, words: RegExp): Promise<void> {
    const before = this.#count(words);
    const lift = impose();
    this.#change();
    await until(`a word about the ${name}`, () => {
      this.#change();
      return this.#count(words) > before || undefined;
    });
    this.#change();
    lift();
    await this.#settled(0);
    this.#said[name] = (this.#said[name] ?? 0) + this.#count(words) - before;
  }

  /** What the status log says. */
  #statuses(): string {
    return readFileSync(this.#sandbox.path('logs', 'outpostd.ERROR'), 'utf8');
  }

  #count(words: RegExp): number {
    return [...this.#daemon.stderr.matchAll(words)].length;
  }

  async #loseDatabase(): Promise<void> {
    const before = this.#sandbox.lines(log).length;
    rmSync(this.#sandbox.path('data', 'outpost.db'), { recursive: true });
    this.#change();
    await this.#daemon.says(/database .* was damaged .* a fresh one takes its place/);
    await this.#settled(before);
    this.#said['lost database'] = this.#count(/a fresh one takes its place/g);
  }

  /** The log from a line on, once it says what is in the directory. After a loss all rows come again, from counter 0 on. */
  #settled(from: number): Promise<Replayed> {
    return until(
      'the state of the disk in the log',
      () => {
        const lines = this.#sandbox.lines(log).slice(from);
        const begin = from === 0 ? 0 : lines.findIndex(({ counter }) => counter === 0);
        const replayed = replay(lines.slice(begin), query, lines[begin]?.sequence);
        return inLog(replayed).join() === onDisk(this.#sandbox).join() ? replayed : undefined;
      },
      60,
    );
  }
}
