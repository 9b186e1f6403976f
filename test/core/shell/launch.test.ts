import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../../core/bin/', import.meta.url));
const modules = fileURLToPath(new URL('../../../node_modules/', import.meta.url));
const pinnedPackage = `node-${process.platform}-${process.arch}`;

/** A copy of the shims beside entries that tell how they were started. */
const directory = mkdtempSync(join(tmpdir(), 'outpost-launch-'));
after(() => rmSync(directory, { recursive: true }));
cpSync(bin, join(directory, 'core/bin'), { recursive: true });
for (const entry of ['daemon', 'shell', 'toolbox']) {
  mkdirSync(join(directory, 'core/src', entry), { recursive: true });
  writeFileSync(
    join(directory, 'core/src', entry, 'main.ts'),
    `export const main = async ({ name, argv }: { name: string; argv: string[] }): Promise<number> => {
      const { NODE_OPTIONS: options = '' } = process.env;
      const major = process.version.split('.')[0];
      console.log(JSON.stringify({ entry: '${entry}', name, argv, major, execArgv: process.execArgv, options }));
      if (argv[0] === 'wait') await new Promise(resolve => setTimeout(resolve, 20_000));
      if (argv[0] === 'catch') {
        const patience = setTimeout(() => process.exit(99), 10_000);
        await new Promise<void>(resolve => process.on(argv[1] as NodeJS.Signals, () => resolve()));
        clearTimeout(patience);
      }
      return Number(argv.at(-1)) || 0;
    };\n`,
  );
}
writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
mkdirSync(join(directory, 'node_modules'));
if (existsSync(join(modules, pinnedPackage)))
  symlinkSync(join(modules, pinnedPackage), join(directory, 'node_modules', pinnedPackage));
symlinkSync(join(directory, 'core/bin/outposti.mjs'), join(directory, 'osqueryi'));
symlinkSync(join(directory, 'core/bin/outpostd.mjs'), join(directory, 'osqueryd'));

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly told: {
    readonly entry: string;
    readonly name: string;
    readonly argv: string[];
    readonly major: string;
    readonly execArgv: string[];
    readonly options: string;
  };
  readonly stderr: string;
}

const start = (
  runtime: string,
  file: string,
  argv: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): ChildProcess =>
  spawn(runtime, [join(directory, file), ...argv], { env: { ...process.env, NODE_OPTIONS: '', ...environment } });

const ended = async (
  child: ChildProcess,
  whenTold: (child: ChildProcess) => void = () => undefined,
): Promise<Ended> => {
  let stdout = '';
  let stderr = '';
  child.stderr?.on('data', chunk => {
    stderr += chunk;
  });
  child.stdout?.on('data', chunk => {
    if (stdout === '') whenTold(child);
    stdout += chunk;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, told: stdout === '' ? undefined : JSON.parse(stdout), stderr } as Ended;
};

const olderNode = '/usr/bin/node';
const runtimes = [process.execPath, ...(existsSync(olderNode) ? [olderNode] : [])];

for (const runtime of runtimes) {
  describe(`started by ${runtime}`, { concurrency: 2 }, () => {
    test('names, arguments and exit codes pass through', async () => {
      const { code, told } = await ended(start(runtime, 'core/bin/outposti.mjs', ['a b', '', '--x', '7']));
      assert.equal(code, 7);
      assert.deepEqual([told.entry, told.name, told.argv], ['shell', 'outposti', ['a b', '', '--x', '7']]);
      assert.ok(Number(told.major.slice(1)) >= 26);
    });

    test("a symbolic link of osquery's name passes that name on", async () => {
      const shell = await ended(start(runtime, 'osqueryi', []));
      assert.deepEqual([shell.told.entry, shell.told.name], ['shell', 'osqueryi']);
      const daemon = await ended(start(runtime, 'osqueryd', []));
      assert.deepEqual([daemon.told.entry, daemon.told.name], ['daemon', 'osqueryd']);
    });

    test('-S and -D choose the program', async () => {
      assert.equal((await ended(start(runtime, 'osqueryd', ['-S']))).told.entry, 'shell');
      assert.equal((await ended(start(runtime, 'core/bin/outposti.mjs', ['--D']))).told.entry, 'daemon');
      assert.equal((await ended(start(runtime, 'core/bin/outpost.mjs', ['-D']))).told.entry, 'toolbox');
    });

    test('NODE_OPTIONS does not reach a command', async () => {
      for (const file of ['core/bin/outpostd.mjs', 'core/bin/outposti.mjs']) {
        const { told } = await ended(start(runtime, file, [], { NODE_OPTIONS: '--no-warnings' }));
        assert.equal(told.options, '');
        assert.ok(!told.execArgv.includes('--no-warnings'));
      }
    });

    test('the daemon runs with the inspector shut', async () => {
      const { told } = await ended(start(runtime, 'core/bin/outpostd.mjs', []));
      assert.ok(told.execArgv.includes('--disable-sigusr1'));
    });

    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2', 'SIGQUIT'] as const) {
      test(`${signal} ends it by that signal`, async () => {
        const outcome = await ended(start(runtime, 'core/bin/outpostd.mjs', ['wait']), child => child.kill(signal));
        assert.equal(outcome.signal, signal);
      });
    }

    test('a command that handles a signal is not ended by it', async () => {
      const child = start(runtime, 'core/bin/outpostd.mjs', ['catch', 'SIGTERM', '5']);
      const { code, signal } = await ended(child, told => setTimeout(() => told.kill('SIGTERM'), 100));
      assert.deepEqual([code, signal], [5, null]);
    });

    test('SIGUSR1 opens no inspector', async () => {
      const child = start(runtime, 'core/bin/outposti.mjs', ['wait']);
      const { stderr } = await ended(child, told => {
        told.kill('SIGUSR1');
        setTimeout(() => told.kill('SIGTERM'), 300);
      });
      assert.doesNotMatch(stderr, /Debugger listening/);
    });
  });
}

test('without the pinned runtime an older Node says what is missing', { skip: runtimes.length < 2 }, async () => {
  const bare = mkdtempSync(join(tmpdir(), 'outpost-bare-'));
  after(() => rmSync(bare, { recursive: true }));
  cpSync(bin, join(bare, 'core/bin'), { recursive: true });
  const { code, stderr } = await ended(spawn(olderNode, [join(bare, 'core/bin/outpostd.mjs')]));
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^outpostd needs Node 26 or later, this is Node v\S+, and the package node-\S+ that brings it is not installed: run npm ci, or install Node 26\.\n$/,
  );
});
