import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BenchmarkResult, median } from './result.ts';

const rounds = 25;
const tableRounds = 41;
const tableCount = 250;
const largestMs = 15;
const shell = join(import.meta.dirname, '..', '..', 'core', 'bin', 'outposti.mjs');
const engine = join(import.meta.dirname, 'start-up', 'engine.ts');

/** Milliseconds from the start of a process of this runtime to its end. */
const time = (args: readonly string[], env: NodeJS.ProcessEnv = process.env): number => {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  const taken = performance.now() - began;
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return taken;
};

/** The middle time of two programs; rounds take turns. */
const compare = (count: number, ours: () => number, rival: () => number): [ours: number, rival: number] => {
  const taken: [number[], number[]] = [[], []];
  for (let warmUp = 0; warmUp < 3; warmUp += 1) [ours(), rival()];
  for (let round = 0; round < count; round += 1) {
    taken[0].push(ours());
    taken[1].push(rival());
  }
  return [median(taken[0]), median(taken[1])];
};

/** An index of tables in the form of the bundled one; one in ten has an alias. */
const indexOf = (count: number): string => {
  const entries = Array.from({ length: count }, (_, index) => {
    const aliases = index % 10 === 0 ? `['alias_${index}']` : '[]';
    const path = `'./common/table_${index}.ts'`;
    return `  {\n    name: 'table_${index}',\n    aliases: ${aliases},\n    module: at(${path}),\n    load: async () => (await import(${path})).table,\n  },\n`;
  });
  return `const at = (path: string): string => new URL(path, import.meta.url).href;\nexport const tables = [\n${entries.join('')}];\n`;
};

/** An engine over 250 tables beside one over none: from the start of the process, over the first result, to the end. */
const withTables = (): BenchmarkResult => {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-bench-'));
  try {
    const start = (count: number): (() => number) => {
      const index = join(folder, `index-${count}.ts`);
      writeFileSync(index, indexOf(count));
      const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache') };
      return () => time([engine, pathToFileURL(index).href], env);
    };
    const [ours, rival] = compare(tableRounds, start(tableCount), start(0));
    return {
      name: `start-up: an engine over ${tableCount} tables beside one over none`,
      ...{ ours, rival, unit: 'ms', ratio: ours / rival },
      ...{ target: `at most ${largestMs} ms more`, met: ours - rival <= largestMs },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** `outposti "select 1"` from sources beside `node -e 0`, start to exit; and what 250 tables cost an engine at its start. */
export async function run(): Promise<BenchmarkResult[]> {
  const [ours, rival] = compare(
    rounds,
    () => time([shell, 'select 1']),
    () => time(['-e', '0']),
  );
  const ratio = ours / rival;
  const name = 'start-up: outposti "select 1" beside node -e 0';
  return [{ name, ours, rival, unit: 'ms', ratio, target: 'at most 4 times', met: ratio <= 4 }, withTables()];
}

if (import.meta.main) console.table(await run());
