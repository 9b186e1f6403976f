import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, symlinkSync } from 'node:fs';
import { before, test } from 'node:test';
import { currentExecutable } from '../../packaging/current.ts';
import { isRunning, repositoryFile, Sandbox, until } from './harness.ts';

let executable = '';
before(async () => {
  executable = await currentExecutable();
});

/** A copy, as a user has it: in a directory with nothing of the repository. */
const copied = (sandbox: Sandbox): string => {
  const path = sandbox.path('outpost');
  copyFileSync(executable, path);
  return path;
};

const run = (program: string, args: readonly string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}) =>
  spawnSync(program, args, { encoding: 'utf8', timeout: 60_000, cwd: '/', ...options });

const table = `import { defineTable, serve, text } from '@outpost/sdk';
const greet = (name: string): string => \`Hello, \${name}!\`;
export const hello = defineTable({
  name: 'hello',
  description: 'Greetings.',
  columns: { name: text('Who', { index: true }), greeting: text('The words') },
  *generate(context) {
    for (const name of context.equals('name') ?? ['world']) yield { name, greeting: greet(name) };
  },
});
if (import.meta.main) await serve([hello], { name: 'hello' });
`;

test('it is daemon, shell and toolbox by its name or its first argument', context => {
  const sandbox = Sandbox.for(context);
  const program = copied(sandbox);
  for (const name of ['outpostd', 'outposti', 'osqueryd', 'osqueryi']) {
    symlinkSync('outpost', sandbox.path(name));
    const { stdout } = run(sandbox.path(name), ['--version']);
    assert.match(stdout, new RegExp(`^${name} version`));
  }
  for (const [entry, name] of [
    ['daemon', 'outpostd'],
    ['shell', 'outposti'],
  ] as const)
    assert.match(run(program, [entry, '--version']).stdout, new RegExp(`^${name} version`));
  assert.match(run(program, ['--help']).stdout, /^Usage: outpost /);
  assert.equal(run(program, ['wrong']).status, 1);
});

test('it has every table that the sources have, with the same columns', () => {
  const [ours, theirs] = [
    run(executable, ['schema', '--json']),
    run(process.execPath, [repositoryFile('core/bin/outpost.mjs'), 'schema', '--json']),
  ];
  assert.equal(ours.status, 0, ours.stderr);
  assert.deepEqual(JSON.parse(ours.stdout), JSON.parse(theirs.stdout));
});

test('its tables read the machine, through all native parts', () => {
  const sql = `select (select count(*) > 0 from processes) as processes, (select count(*) > 0 from mounts) as mounts,
    (select count(*) from extended_attributes where path = '/') >= 0 as attributes, regex_match('abc', 'b', 0) as function`;
  const { stdout, stderr } = run(executable, ['shell', '--json', sql]);
  assert.deepEqual(JSON.parse(stdout), [{ processes: '1', mounts: '1', attributes: '1', function: 'b' }], stderr);
});

test('V8 takes the compiled code of every chunk, and every module loads', context => {
  const sandbox = Sandbox.for(context);
  const script = sandbox.write(
    'load.mjs',
    `const { loadModule, moduleNames, rejected } = globalThis[Symbol.for('outpost.executable')];
    const names = moduleNames.filter(name => !name.endsWith('-thread'));
    for (const name of names) loadModule(name);
    console.log(JSON.stringify({ loaded: names.length, rejected }));`,
  );
  const { stdout, stderr } = run(executable, ['run', script]);
  const { loaded, rejected } = JSON.parse(stdout || '{}') as { loaded: number; rejected: string[] };
  assert.ok(loaded > 50, stderr);
  assert.deepEqual(rejected, []);
});

test('a table in TypeScript from outside is a plugin of the shell, its SDK the one inside', context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('hello.ts', table);
  const args = ['shell', '--plugins', './hello.ts', '--json', "select greeting from hello where name in ('you')"];
  const { stdout, stderr } = run(copied(sandbox), args, { cwd: sandbox.directory });
  assert.deepEqual(JSON.parse(stdout), [{ greeting: 'Hello, you!' }], stderr);
});

test('a module that is not there, and a package, are refused with the reason', context => {
  const sandbox = Sandbox.for(context);
  const { stderr } = run(executable, ['shell', '--plugins', 'some-package', 'select 1']);
  assert.match(stderr, /The executable has no package some-package; a module from outside is named by its path/);
  const { status, stderr: said } = run(executable, ['run', sandbox.path('absent.ts')]);
  assert.equal(status, 1);
  assert.match(said, /^outpost run does not find the file .*absent\.ts/);
});

test('nobody gives its runtime options, and it leaves no files', context => {
  const sandbox = Sandbox.for(context);
  mkdirSync(sandbox.path('tmp'));
  const env = {
    PATH: process.env.PATH,
    TMPDIR: sandbox.path('tmp'),
    NODE_OPTIONS: `--inspect=127.0.0.1:0 --require ${sandbox.path('absent.js')}`,
  };
  const script = sandbox.write('options.mjs', `console.log(JSON.stringify(process.env.NODE_OPTIONS ?? null));`);
  for (const args of [
    ['shell', '--json', 'select pid from processes limit 1'],
    ['run', script],
  ]) {
    const { status, stderr } = run(executable, args, { env });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  }
  assert.equal(run(executable, ['run', script], { env }).stdout.trim(), 'null');
  assert.deepEqual(readdirSync(sandbox.path('tmp')), []);
});

const conf = { schedule: { greeting: { query: "select greeting from hello where name = 'you'", interval: 1 } } };

test('the daemon runs threads, a supervised extension in TypeScript, and comes back from kill -9', async context => {
  const sandbox = Sandbox.for(context);
  const program = copied(sandbox);
  sandbox.write('outpost.conf', conf);
  sandbox.write('extension/hello.ts', table);
  const flags = [...sandbox.flags, `--extension=${sandbox.path('extension/hello.ts')}`, '--allow_unsafe'];
  const daemon = sandbox.start(program, ['daemon', ...flags]);
  const greeted = () => sandbox.lines('outpostd.results.log').find(({ name }) => name === 'greeting')?.columns.greeting;
  assert.equal(await until('a row of the extension', greeted), 'Hello, you!');
  const first = await sandbox.pids();
  process.kill(first.worker, 'SIGUSR1'); // ends it, as osquery's, and opens no inspector
  const { worker, watcher } = await sandbox.pids(first.worker);

  const replacement = sandbox.path('outpost.new');
  copyFileSync(executable, replacement);
  renameSync(replacement, program);
  process.kill(worker, 'SIGKILL');
  const { worker: successor } = await sandbox.pids(worker);
  assert.equal(readlinkSync(`/proc/${successor}/exe`), `${program} (deleted)`); // of the version of its watcher
  const open = readFileSync(`/proc/${successor}/maps`, 'utf8');
  assert.match(open, /\/memfd:outpost-better_sqlite3 \(deleted\)/);

  assert.doesNotMatch(daemon.stderr, /Debugger listening/);
  process.kill(watcher, 'SIGKILL');
  await until('the end of the worker', () => !isRunning(successor));
  await sandbox.emptied();
});

test('the same sources give the same bytes', async context => {
  const sandbox = Sandbox.for(context);
  const { status, stderr } = run(process.execPath, [repositoryFile('packaging/build.ts'), sandbox.path('again')]);
  assert.equal(status, 0, stderr);
  assert.ok(readFileSync(sandbox.path('again')).equals(readFileSync(executable)));
});
