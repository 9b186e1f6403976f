import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { killHard, repositoryFile, type Sandbox, type Started, until } from '../integration/harness.ts';
import { seeded } from '../integration/random.ts';
import { type Replayed, replay } from '../integration/replay.ts';
import { disturb, inLog, onDisk, watched } from './watched.ts';

const mine = 'mine.log';
const files = 'outpostd.results.log';

/** What both logs said in the end, and how often the absence was. */
export interface Absence extends Replayed {
  readonly said: number;
  readonly back: number;
}

/** Starts the logger, which connects to the daemon by itself. */
const startLogger = (sandbox: Sandbox): Started => {
  sandbox.environment.LOGGER_FILE = sandbox.path(mine);
  return sandbox.start(process.execPath, [
    repositoryFile('examples/logger-file/logger.ts'),
    '--socket',
    sandbox.socket,
  ]);
};

/** The lines of a log of results, without status lines; once it says what is in the directory. */
const settled = (sandbox: Sandbox, name: string, seconds: number): Promise<Replayed> =>
  until(
    `the state of the disk in ${name}`,
    () => {
      const lines = sandbox.lines(name).filter(line => 'sequence' in line);
      const replayed = replay(lines, watched);
      return inLog(replayed).join() === onDisk(sandbox).join() ? replayed : undefined;
    },
    seconds,
  );

/**
 * Kills a logger that runs in a process of its own and leaves it away for some time, again and again, while a directory changes. The other logger must not
 * wait for it; after its return it has to get every line, in order, and its absence has to be said, though not again and again.
 */
export const leaveLogger = async (
  sandbox: Sandbox,
  { rounds, awaySeconds, seed }: { readonly rounds: number; readonly awaySeconds: number; readonly seed: number },
): Promise<Absence> => {
  const random = seeded(seed);
  mkdirSync(sandbox.path(watched));
  const query = `select filename, size from file where directory = '${sandbox.path(watched)}'`;
  sandbox.write('outpost.conf', { schedule: { [watched]: { query, interval: 1 } } });
  const daemon = sandbox.daemon('--logger_plugin=filesystem,file_example', '--extensions_interval=1');
  let logger = startLogger(sandbox);
  const { worker } = await sandbox.pids();
  for (let round = 0; round < rounds; round++) {
    disturb(sandbox, random);
    await settled(sandbox, mine, 90);
    killHard(logger.pid);
    await logger.ended;
    for (const end = performance.now() + awaySeconds * 1000; performance.now() < end; await delay(200))
      disturb(sandbox, random);
    await settled(sandbox, files, 20);
    logger = startLogger(sandbox);
    await settled(sandbox, mine, 90);
  }
  assert.equal((await sandbox.pids()).worker, worker, 'the agent was started again');
  const last = await settled(sandbox, mine, 90);
  const count = (words: RegExp): number => [...daemon.stderr.matchAll(words)].length;
  return {
    ...last,
    said: count(/logger file_example did not take its lines/g),
    back: count(/logger file_example takes lines again/g),
  };
};
