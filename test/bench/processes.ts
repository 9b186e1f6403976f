import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableContext } from '@outpost/sdk';
import { processes } from '../../extensions/tables/src/common/processes.ts';
import { type BenchmarkResult, median } from './result.ts';

const sleepers = 500;
const rounds = 15;

async function spawnSleepers(): Promise<ChildProcess[]> {
  const children = Array.from({ length: sleepers }, () => spawn('sleep', ['600'], { stdio: 'ignore' }));
  await Promise.all(children.map(child => once(child, 'spawn')));
  return children;
}

/** Microseconds a row of one scan with the given columns, all when left out. */
function scan(used?: readonly string[]): number {
  const context = tableContext(processes.schema, used === undefined ? {} : { used });
  const start = performance.now();
  let rows = 0;
  for (const row of processes.generate(context) as Iterable<{ pid?: unknown }>) rows += row.pid === undefined ? 0 : 1;
  return ((performance.now() - start) * 1000) / rows;
}

function compile(directory: string): (mode: string) => number {
  const program = join(directory, 'procscan');
  execFileSync('cc', ['-O2', '-o', program, join(import.meta.dirname, 'procscan.c')]);
  return mode => Number.parseFloat(execFileSync(program, ['2', mode]).toString().trim().split('\n')[1] ?? '');
}

function result(name: string, ours: readonly number[], rival: readonly number[], largest?: number): BenchmarkResult {
  const [us, them] = [median(ours), median(rival)];
  const ratio = us / them;
  return {
    name: `processes: ${name}`,
    ours: us,
    rival: them,
    unit: 'µs/process',
    ratio,
    target: largest === undefined ? 'to know' : `at most ${largest} times`,
    met: largest === undefined || ratio <= largest,
  };
}

/** The table `processes` beside a program in C that reads the same, over 500 sleeping processes; rounds take turns. */
export async function run(): Promise<BenchmarkResult[]> {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-bench-'));
  const children = await spawnSleepers();
  try {
    const rival = compile(directory);
    const taken = { all: [] as number[], few: [] as number[], toEnd: [] as number[], once: [] as number[] };
    for (let warmUp = 0; warmUp < 5; warmUp += 1) scan();
    for (let round = 0; round < rounds; round += 1) {
      taken.all.push(scan());
      taken.toEnd.push(rival('end'));
      taken.few.push(scan(['pid', 'name']));
      taken.once.push(rival('once'));
    }
    return [
      result('all columns beside C', taken.all, taken.toEnd, 1.6),
      result('all columns beside C with one read a file', taken.all, taken.once),
      result('pid and name beside C with all columns', taken.few, taken.toEnd),
    ];
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  }
}

if (import.meta.main) console.table(await run());
