// `npm test`: every check of the repository, cheapest first; stops at the first that fails.
// Arguments are passed on to the test runner: `npm test -- test/protocol`.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const root = new URL('..', import.meta.url).pathname;
const wanted = process.argv.slice(2);
const files =
  wanted.length > 0
    ? wanted.flatMap(path => (path.endsWith('.ts') ? [path] : globSync(`${path}/**/*.test.ts`)))
    : globSync('test/**/*.test.ts', { cwd: root });

const checks = [
  ['format and lint', 'biome', ['check', '--error-on-warnings']],
  ['types', 'tsc', ['--noEmit']],
  ['packages of examples', 'node', ['scripts/example-packages.ts']],
  ['types of examples with packages of their own', 'tsc', ['--noEmit', '--project', 'examples/kinesis-logger']],
  ['layers', 'node', ['scripts/layers.mjs']],
  ['unused code', 'knip', []],
  ['tests', 'node', ['--test', '--test-timeout=120000', ...files]],
];

for (const [name, command, args] of wanted.length > 0 ? checks.slice(-1) : checks) {
  console.log(`\n== ${name}`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status === 0) continue;
  console.error(`${name}: ${error ? error.message : 'failed'}`);
  process.exit(status ?? 1);
}
