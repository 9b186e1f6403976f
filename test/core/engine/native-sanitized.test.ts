import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';
import { buildSanitized } from '../../../core/native/build.mjs';

const run = promisify(execFile);

/** Everything that reads bytes, keeps memory or crosses threads, run again on the module with sanitizers. */
const files = readdirSync(import.meta.dirname).filter(
  name => /^native.*\.test\.ts$/.test(name) && name !== basename(import.meta.filename),
);

const library = async (name: string): Promise<string> =>
  (await run(process.env.CC ?? 'cc', [`-print-file-name=${name}`])).stdout.trim();

/** What makes the child run sanitized; leaks are not looked for, since the runtime frees nothing at its end. */
const environment = async (): Promise<NodeJS.ProcessEnv> => {
  const { NODE_TEST_CONTEXT: _context, ...inherited } = process.env;
  return {
    ...inherited,
    OUTPOST_NATIVE_MODULE: buildSanitized(),
    LD_PRELOAD: [await library('libasan.so'), await library('libubsan.so')].join(':'),
    ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=0:exitcode=99:allocator_may_return_null=1',
    UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
    RUNS: '300',
  };
};

suite('under AddressSanitizer and UndefinedBehaviorSanitizer', { timeout: 300_000 }, () => {
  test('the module is built with them', async () => {
    const { stdout } = await run('nm', ['-D', buildSanitized()]);
    assert.match(stdout, /__asan_init/);
    assert.match(stdout, /__ubsan_handle/);
  });

  for (const file of files) {
    test(`${file} runs without a report`, async () => {
      const child = run(process.execPath, ['--test-reporter=tap', join(import.meta.dirname, file)], {
        env: await environment(),
        maxBuffer: 64 << 20,
      });
      const { stdout, stderr } = await child.catch((error: { stdout: string; stderr: string }) => {
        assert.fail(
          `${error.stderr}\n${error.stdout
            .split('\n')
            .filter(line => line.includes('not ok'))
            .join('\n')}`,
        );
      });
      assert.doesNotMatch(stderr, /Sanitizer|runtime error/);
      assert.match(stdout, /^# fail 0$/m);
    });
  }
});
