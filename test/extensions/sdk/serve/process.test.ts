import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const hello = join(import.meta.dirname, '..', '..', '..', '..', 'examples', 'hello-table', 'hello.ts');
const sdk = '@outpost/sdk';

/** Runs a program of Node.js to its end. */
const run = (...words: string[]): { readonly status: number | null; readonly stderr: string } =>
  spawnSync(process.execPath, words, { encoding: 'utf8', cwd: join(import.meta.dirname, '..', '..', '..', '..') });

for (const [words, stderr] of [
  [[], /^The extension hello cannot start: --socket is missing\. Start it as the agent does: --socket PATH .*\.\n$/],
  [['--socket', '/nowhere/em', '--timeout', '1'], /^The extension hello found no extension manager at .*\n$/],
  [['--socket', 'x', '--interval=often'], /--interval must be a number of seconds, not "often"/],
] as const)
  test(`a program that cannot serve ends with one sentence: ${words.join(' ')}`, () => {
    const ended = run(hello, ...words);
    assert.equal(ended.status, 1);
    assert.match(ended.stderr, stderr);
    assert.doesNotMatch(ended.stderr, /\n +at /);
  });

test('what is no error of the SDK, and what is caught, is as ever', () => {
  const caught = `import { serve } from '${sdk}'; try { await serve([], { name: '' }); } catch { process.exitCode = 7; }`;
  assert.deepEqual([run('--input-type=module', '-e', caught)].map(({ status, stderr }) => [status, stderr])[0], [
    7,
    '',
  ]);
  const later = `import { serve } from '${sdk}'; await serve([], { name: '' }).catch(() => 0); setTimeout(() => { throw new Error('mine'); }, 5);`;
  const { status, stderr } = run('--input-type=module', '-e', later);
  assert.equal(status, 1);
  assert.match(stderr, /Error: mine\n +at /);
});
