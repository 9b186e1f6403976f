// `npm run bench [NAME…]`: runs the benchmarks of this folder one after another, prints their figures and writes them to data/bench.json.
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { BenchmarkResult } from './result.ts';

const helpers = new Set(['run', 'result']);
const wanted = new Set(process.argv.slice(2));
const names = globSync('*.ts', { cwd: import.meta.dirname })
  .map(file => basename(file, '.ts'))
  .filter(name => !helpers.has(name) && (wanted.size === 0 || wanted.has(name)))
  .toSorted();

const results: BenchmarkResult[] = [];
for (const name of names) {
  console.error(`measuring ${name} …`);
  const { run } = (await import(`./${name}.ts`)) as { run: () => Promise<BenchmarkResult[]> };
  results.push(...(await run()));
}

const figure = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));
console.log('| figure | ours | rival | ratio | target | |\n| --- | ---: | ---: | ---: | --- | --- |');
for (const { name, ours, rival, unit, ratio, target, met } of results) {
  console.log(
    `| ${name} | ${figure(ours)} ${unit} | ${rival === undefined ? '' : `${figure(rival)} ${unit}`} | ${ratio?.toFixed(2) ?? ''} | ${target} | ${met ? 'met' : 'missed'} |`,
  );
}

const data = new URL('../../data/', import.meta.url);
mkdirSync(data, { recursive: true });
writeFileSync(
  new URL('bench.json', data),
  `${JSON.stringify({ node: process.version, time: new Date().toISOString(), results }, undefined, 2)}\n`,
);
process.exitCode = results.every(result => result.met) ? 0 : 1;
