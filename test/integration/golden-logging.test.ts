// What a real osquery left in its log directory and on its streams, flag by flag; see test/golden/daemon.
import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { suite, test } from 'node:test';
import { repositoryFile, Sandbox, type Started } from './harness.ts';

type Files = Readonly<Record<string, string>>;
interface Scenario {
  readonly flags: readonly string[];
  readonly config?: unknown;
  readonly watchdog?: boolean;
  readonly exit: number;
  readonly files: Files | string;
  readonly stderr: readonly string[] | string;
  readonly stdout?: readonly string[];
  readonly results?: readonly string[] | null;
}

const recorded = JSON.parse(
  readFileSync(new URL('../golden/daemon/status-and-logger.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Scenario>>;

/** The name of a file without time and process. */
const named = (name: string): string => name.replace(/\.\d{8}-\d{6}\.\d+$/, '.YYYYMMDD-HHMMSS.PID');

const filesOf = (directory: string): Files =>
  Object.fromEntries(
    readdirSync(directory).map(name => {
      const path = `${directory}/${name}`;
      const status = lstatSync(path);
      if (status.isSymbolicLink()) return [named(name), `symlink to ${named(readlinkSync(path))}`];
      const kind = status.isDirectory() ? 'directory' : 'file';
      return [named(name), `${kind} ${(status.mode & 0o7777).toString(8).padStart(4, '0')}`];
    }),
  );

const lettersOf = (lines: readonly string[]): string =>
  [...new Set(lines.flatMap(line => /^[IWEF](?=\d|\s)/.exec(line) ?? []))].sort().join('');

/** What osquery says about its database; ours has nothing to say. */
const database = /database\.cpp/;
/** What osquery says on stderr before its loggers are there, whatever the flags are; here they count from the start. */
const beforeLoggers = /(?:database|options|decorators)\.cpp/;
const early = new Set(['min_stderr_1', 'min_stderr_2', 'logger_stderr_false']);

/** A configuration with the same query, one that fails whenever it runs, and what osquery warns of. */
const config = {
  schedule: {
    good: { query: 'select 1 as a', interval: 1 },
    bad: { query: "select ' ' from file where path = cast(x'00' as text) union select 1 from nope", interval: 1 },
  },
  options: { nope: 1 },
};

/** Runs a daemon under osquery's name for some seconds of its schedule. */
const run = async (sandbox: Sandbox, { flags, watchdog }: Pick<Scenario, 'flags' | 'watchdog'>): Promise<Started> => {
  const program = sandbox.path('osqueryd');
  symlinkSync(repositoryFile('core/bin/outpostd.mjs'), program);
  const log = sandbox.path('log');
  const own = flags.map(flag => flag.replace('/tmp/g/log', log));
  const started = sandbox.start(process.execPath, [
    program,
    ...sandbox.flags.filter(flag => !flag.startsWith('--logger_path')),
    `--logger_path=${log}`,
    '--host_identifier=specified',
    '--specified_identifier=golden-host',
    '--disable_extensions',
    ...(watchdog === true ? [] : ['--disable_watchdog', '--schedule_timeout=1']),
    ...own,
  ]);
  if (watchdog === true) {
    await started.says(/Storing initial results/);
    started.process.kill('SIGTERM');
  }
  await started.ended;
  return started;
};

suite('the log directory and the streams of a daemon', { concurrency: 3 }, () => {
  const scenarios = [
    'default',
    'default with watchdog',
    'min_status_1',
    'min_status_2',
    'min_status_3',
    'min_stderr_1',
    'min_stderr_2',
    'logger_stderr_false',
    'verbose',
    'verbose_min_status_2',
    'status_sync',
    'disable_logging',
    'stdout_plugin',
    'logger_unknown',
    'logger_unknown_and_filesystem',
  ];
  for (const name of scenarios)
    test(name, async context => {
      const scenario = recorded[name];
      assert.ok(scenario);
      const sandbox = Sandbox.for(context);
      mkdirSync(sandbox.path('log'));
      sandbox.write('outpost.conf', config);
      const started = await run(sandbox, scenario);
      assert.equal((await started.ended).code, scenario.exit, started.stderr);
      assert.deepEqual(filesOf(sandbox.path('log')), scenario.files, started.stderr);
      const expected = scenario.stderr === 'as default' ? recorded.default?.stderr : scenario.stderr;
      const late = (expected as string[]).filter(line => !(early.has(name) ? beforeLoggers : database).test(line));
      // That a query will fail is said at once here, and not only when it does.
      const ours = started.stderr.split('\n').filter(line => !line.includes('fails until an extension'));
      assert.equal(lettersOf(ours), lettersOf(late), started.stderr);
      for (const [file, kind] of Object.entries(filesOf(sandbox.path('log')))) {
        if (!kind.startsWith('symlink')) continue;
        const [, severity = ''] = /osqueryd\.([IWE])/.exec(file) ?? [];
        const text = readFileSync(sandbox.path('log', file), 'utf8').split('\n');
        assert.match(
          text.slice(0, 4).join('\n'),
          /^Log file created at: \d{4}\/\d\d\/\d\d .*\nRunning on machine: .*\nRunning duration \(h:mm:ss\): \d+:\d\d:\d\d\nLog line format: /,
        );
        const letters = lettersOf(text.slice(4));
        assert.ok(
          [...letters].every(letter => 'IWE'.indexOf(letter) >= 'IWE'.indexOf(severity)),
          `${file}: ${letters}`,
        );
      }
      if (scenario.stdout === undefined) return assert.equal(started.stdout, '');
      assert.match(started.stdout, /^severity=1 location=config(?::0)? message=.*nope/m);
      assert.match(started.stdout, /^\{"name":"good",.*"action":"added"\}$/m);
    });
});

suite('the files of the filesystem logger', { concurrency: 3 }, () => {
  const prepare: Readonly<Record<string, (log: string) => void>> = {
    'fs directory missing': () => undefined,
    'fs path is a file': log => writeFileSync(log, ''),
    'fs results file is a directory': log => mkdirSync(`${log}/osqueryd.results.log`, { recursive: true }),
    'fs results file exists with mode 0666': log => {
      mkdirSync(log);
      writeFileSync(`${log}/osqueryd.results.log`, 'before\n');
      chmodSync(`${log}/osqueryd.results.log`, 0o666);
    },
  };
  const scenarios = [
    'fs default',
    'fs mode 0600',
    'fs mode 0777',
    'fs mode 640 no zero',
    'fs mode 4644',
    'fs trailing slash',
    ...Object.keys(prepare),
  ];
  for (const name of scenarios)
    test(name, async context => {
      const scenario = recorded[name];
      assert.ok(scenario);
      const sandbox = Sandbox.for(context);
      (prepare[name] ?? mkdirSync)(sandbox.path('log'));
      sandbox.write('outpost.conf', {
        schedule: {
          a: { query: 'select 1 as a', interval: 1 },
          s: { query: 'select 2 as a', interval: 1, snapshot: true },
        },
      });
      const started = await run(sandbox, scenario);
      assert.equal((await started.ended).code, scenario.exit, started.stderr);
      if (typeof scenario.files === 'string') return;
      assert.deepEqual(filesOf(sandbox.path('log')), scenario.files, started.stderr);
      if (scenario.exit !== 0) return assert.match(started.stderr, /Could not create file: .*osqueryd\.results\.log/);
      const lines = readFileSync(sandbox.path('log/osqueryd.results.log'), 'utf8').trim().split('\n');
      const timeless = (line: string): string => line.replace(/"calendarTime":"[^"]*","unixTime":\d+/, '');
      assert.deepEqual(lines.map(timeless), scenario.results?.map(timeless));
    });
});
