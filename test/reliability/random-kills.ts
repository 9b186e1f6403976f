import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, killHard, type Sandbox, type Started, until } from '../integration/harness.ts';
import { extensionsReady, startMainJob } from '../integration/main-job.ts';
import { seeded } from '../integration/random.ts';
import { type Replayed, replay } from '../integration/replay.ts';
import { disturb, inLog, onDisk } from './watched.ts';

const name = 'watched_files';

/** How often which process was killed, and what the log said in the end. */
export interface RandomKills extends Replayed {
  readonly killed: Readonly<Record<'watcher' | 'worker' | 'extension', number>>;
}

/** The log of the differential query, once it says what is on the disk. */
const settled = (sandbox: Sandbox): Promise<Replayed> =>
  until(
    'the state of the disk in the log',
    () => {
      const replayed = replay(sandbox.lines('results.log'), name);
      return inLog(replayed).join() === onDisk(sandbox).join() ? replayed : undefined;
    },
    90,
  );

/**
 * Kills a random process of the main job again and again: watcher, worker or an extension. After each the job has to stand again (after the
 * watcher's death: end, and be started anew) and the log has to say what is on the disk.
 */
export const killAnything = async (sandbox: Sandbox, rounds: number, seed: number): Promise<RandomKills> => {
  const random = seeded(seed);
  const killed = { watcher: 0, worker: 0, extension: 0 };
  let daemon: Started = startMainJob(sandbox);
  for (let round = 0; round < rounds; round += 1) {
    await until('all extensions', () => extensionsReady(sandbox).then(() => true), 90);
    const { worker, watcher } = await sandbox.pids();
    for (let change = random(20); change >= 0; change -= 1) {
      disturb(sandbox, random);
      await delay(random(150));
    }
    const pids = sandbox.processes().toSorted((a, b) => a - b);
    const victim = pids[random(pids.length)] ?? watcher;
    killHard(victim);
    killed[victim === watcher ? 'watcher' : victim === worker ? 'worker' : 'extension'] += 1;
    await until('the end of the process', () => !isRunning(victim) || undefined);
    if (victim === watcher) {
      await sandbox.emptied(10);
      daemon = startMainJob(sandbox);
    }
    disturb(sandbox, random);
    await settled(sandbox);
  }
  const last = await settled(sandbox);
  daemon.process.kill('SIGTERM');
  assert.deepEqual(await daemon.ended, { code: 0, signal: null });
  await sandbox.emptied(5);
  return { ...last, killed };
};
