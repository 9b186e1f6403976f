import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type BenchmarkResult, median } from './result.ts';

const rounds = 25;
const shell = join(import.meta.dirname, '..', '..', 'core', 'bin', 'outposti.mjs');

/** Milliseconds from the start of a process of this runtime to its end. */
const time = (...args: string[]): number => {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const taken = performance.now() - began;
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return taken;
};

/** `outposti "select 1"` from sources beside `node -e 0`, start to exit; rounds take turns. */
export async function run(): Promise<BenchmarkResult[]> {
  const taken = { ours: [] as number[], rival: [] as number[] };
  for (let warmUp = 0; warmUp < 3; warmUp += 1) time(shell, 'select 1');
  for (let round = 0; round < rounds; round += 1) {
    taken.ours.push(time(shell, 'select 1'));
    taken.rival.push(time('-e', '0'));
  }
  const [ours, rival] = [median(taken.ours), median(taken.rival)];
  const ratio = ours / rival;
  const name = 'start-up: outposti "select 1" beside node -e 0';
  return [{ name, ours, rival, unit: 'ms', ratio, target: 'at most 4 times', met: ratio <= 4 }];
}

if (import.meta.main) console.table(await run());
