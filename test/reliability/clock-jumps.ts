import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { repositoryFile, type Sandbox, until } from '../integration/harness.ts';
import { seeded } from '../integration/random.ts';
import { type Replayed, replay } from '../integration/replay.ts';
import { disturb, inLog, onDisk, watched } from './watched.ts';

const log = 'outpostd.results.log';
const daySeconds = 86_400;

/** A wall clock that a test sets, for the processes of a sandbox: the rest of the machine keeps its own. */
class SetClock {
  readonly #descriptor: number;

  constructor(sandbox: Sandbox) {
    const library = sandbox.path('clock-shift.so');
    const flags = ['-std=c11', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-O2'];
    execFileSync('cc', [...flags, '-o', library, repositoryFile('test/reliability/clock-shift.c')]);
    this.#descriptor = openSync(sandbox.path('clock-shift'), 'w');
    this.set(0);
    Object.assign(sandbox.environment, { LD_PRELOAD: library, CLOCK_SHIFT: sandbox.path('clock-shift') });
  }

  /** Sets the clock to so many seconds beside the true time. */
  set(seconds: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(seconds));
    writeSync(this.#descriptor, bytes, 0, 8, 0);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** What a daemon's log said in the end, and how often its clock was mentioned. */
export interface Jumps extends Replayed {
  readonly said: number;
}

/** The log, once it says what is in the directory. */
const settled = (sandbox: Sandbox): Promise<Replayed> =>
  until('the state of the disk in the log', () => {
    const replayed = replay(sandbox.lines(log), watched);
    return inLog(replayed).join() === onDisk(sandbox).join() ? replayed : undefined;
  });

/**
 * Sets the clock of a running daemon back and forth, by days and years, while a directory changes: the log has to say what is in it, without a gap and
 * without a restart, the schedule has to keep its pace, and each jump has to be said once.
 */
export const setClock = async (sandbox: Sandbox, jumps: number, seed: number): Promise<Jumps> => {
  const random = seeded(seed);
  const clock = new SetClock(sandbox);
  mkdirSync(sandbox.path(watched));
  const query = `select filename, size from file where directory = '${sandbox.path(watched)}'`;
  sandbox.write('outpost.conf', { schedule: { [watched]: { query, interval: 1 } } });
  const daemon = sandbox.daemon();
  const { worker } = await sandbox.pids();
  for (let jump = 0, before = 0; jump < jumps; jump++) {
    const shift = (random(2) === 0 ? -1 : 1) * (random(5000) + 1) * daySeconds;
    clock.set(shift);
    for (let change = random(8); change >= 0; change--) disturb(sandbox, random);
    await settled(sandbox);
    await daemon.says(new RegExp(`clock of the machine .* by ${Math.abs(shift - before)} s`));
    before = shift;
  }
  const said = [...daemon.stderr.matchAll(/clock of the machine/g)].length;
  assert.equal((await sandbox.pids()).worker, worker, 'the agent was started again');
  const [held] = await sandbox.ask('select count(*) as n from outpost_quarantine');
  assert.equal(held?.n, '0');
  const last = await settled(sandbox);
  daemon.process.kill('SIGTERM');
  assert.deepEqual(await daemon.ended, { code: 0, signal: null });
  clock.close();
  return { ...last, said };
};
