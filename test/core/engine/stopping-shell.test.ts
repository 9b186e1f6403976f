import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { suite, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { endless, temporaryDirectory } from './harness.ts';

const shim = fileURLToPath(new URL('../../../core/bin/outposti.mjs', import.meta.url));
const tables = fileURLToPath(new URL('./stopping-tables.ts', import.meta.url));
const common = ['--disable_extensions', '--flagfile=/dev/null', `--plugins=${tables}`];
/** script(1) of util-linux, which gives a pseudo-terminal. */
const terminalProgram: string = 'script';
const noScript = spawnSync(terminalProgram, ['--version']).status !== 0;

const interrupt = '\u0003';

/** A shell at a terminal. */
class Terminal {
  readonly #child: ChildProcess;
  #screen = '';
  #read = 0;

  constructor(context: TestContext) {
    const command = ['exec', process.execPath, shim, ...common].join(' ');
    const env = { ...process.env, HOME: temporaryDirectory(context), TERM: 'dumb', COLUMNS: '200' };
    const stdio = ['pipe', 'pipe', 'inherit'] as const;
    this.#child = spawn(terminalProgram, ['-qec', command, '/dev/null'], { env, stdio: [...stdio], timeout: 40_000 });
    this.#child.stdout?.on('data', chunk => {
      this.#screen += chunk;
    });
    context.after(() => this.#child.kill('SIGKILL'));
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Waits until something is on the screen that was not waited for before; does something again and again meanwhile. */
  async sees(text: string, meanwhile = (): void => undefined): Promise<void> {
    const end = performance.now() + 20_000;
    for (let at = -1; at < 0; at = this.#screen.indexOf(text, this.#read)) {
      assert.ok(performance.now() < end, `There is no ${JSON.stringify(text)} in ${JSON.stringify(this.#screen)}`);
      await new Promise(resolve => setTimeout(resolve, 50));
      if (this.#screen.indexOf(text, this.#read) < 0) meanwhile();
    }
    this.#read = this.#screen.indexOf(text, this.#read) + text.length;
  }

  /** Leaves. @returns the exit code */
  async leave(): Promise<number | null> {
    this.type('.exit 7\n');
    const [code] = await once(this.#child, 'close');
    return code;
  }
}

suite('Ctrl-C stops a statement of the engine and leaves the prompt', {
  skip: noScript && 'script(1) is missing',
}, () => {
  const statements = {
    'an endless recursion': endless,
    'a cross join': 'select count(*) from processes a, processes b, processes c, processes d, processes e',
    'a generator that spins': 'select * from spinning',
    'an asynchronous generator without end': 'select sum(n) from endlessly',
  };
  for (const [what, sql] of Object.entries(statements)) {
    test(what, async context => {
      const terminal = new Terminal(context);
      await terminal.sees('outpost> ');
      terminal.type(`${sql};\n`);
      await terminal.sees('\n');
      await terminal.sees('Error: interrupted', () => terminal.type(interrupt));
      await terminal.sees('outpost> ');
      terminal.type('select 6 * 7 as answer;\n');
      await terminal.sees('| 42 ');
      assert.equal(await terminal.leave(), 7);
    });
  }
});

test('flags give statements of the shell a deadline, CPU time and memory', () => {
  const run = (...argv: readonly string[]): readonly [number | null, string] => {
    const { status, stderr } = spawnSync(process.execPath, [shim, ...common, ...argv], { timeout: 30_000 });
    return [status, String(stderr)];
  };
  const cases: readonly (readonly [flag: string, sql: string, exit: number, message: RegExp])[] = [
    [
      '--shell_deadline=1',
      endless,
      9,
      /^Error: The query shell was stopped: it ran longer than its deadline of 1000 ms\.\n$/,
    ],
    [
      '--shell_cpu_limit=1',
      endless,
      9,
      /^Error: The query shell was stopped: it used 1\d{3} ms of CPU time, more than its 1000 ms\.\n$/,
    ],
    [
      '--query_memory_limit=8',
      'select zeroblob(9000000)',
      7,
      /^Error: The query shell was stopped: out of memory, .* 8388608 bytes\.\n$/,
    ],
    [
      '--query_max_rows=3',
      'select 1 union all select 2 union all select 3 union all select 4',
      9,
      /more than 3 rows\.\n$/,
    ],
  ];
  for (const [flag, sql, exit, message] of cases) {
    const [status, stderr] = run(flag, sql);
    assert.match(stderr, message);
    assert.equal(status, exit, flag);
  }
});
