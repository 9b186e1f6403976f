import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import {
  type FlagName,
  type FlagStore,
  flagTable,
  parseFlags,
  programOf,
  sortedNames,
} from '../../../core/src/flags/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'outpost-flags-'));
after(() => rmSync(directory, { recursive: true }));

const shell = programOf('outposti', [], '/home/user');
const osqueryd = programOf('osqueryd', [], '/root');

const run = (
  argv: readonly string[],
  program = shell,
  environment: NodeJS.ProcessEnv = {},
): { flags: FlagStore; positionals: readonly string[]; notices: readonly string[] } => {
  const outcome = parseFlags(argv, program, environment);
  assert.equal(outcome.kind, 'run', outcome.kind === 'exit' ? outcome.stderr : '');
  assert.ok(outcome.kind === 'run');
  return outcome;
};

const refusal = (argv: readonly string[], program = shell, environment: NodeJS.ProcessEnv = {}): string => {
  const outcome = parseFlags(argv, program, environment);
  assert.ok(outcome.kind === 'exit');
  assert.equal(outcome.code, 1);
  assert.equal(outcome.stdout, '');
  return outcome.stderr;
};

const flagfile = (content: string): string => {
  const path = join(directory, `flags-${Math.random()}`);
  writeFileSync(path, content);
  return path;
};

/** Numbers of each type that no flag refuses. */
const bounds = {
  int32: { min: -(2n ** 31n), max: 2n ** 31n - 1n },
  uint32: { min: 10n, max: 2n ** 32n - 1n },
  uint64: { min: 10n, max: 2n ** 64n - 1n },
} as const;

/** A value of each type, with its canonical text. */
const writtenValue = (name: FlagName): fc.Arbitrary<readonly [written: string, canonical: string]> => {
  const { type, check } = flagTable[name];
  if (type === 'bool') {
    return fc.constantFrom(
      ['1', 'true'],
      ['TRUE', 'true'],
      ['y', 'true'],
      ['No', 'false'],
      ['f', 'false'],
      ['0', 'false'],
    );
  }
  if (type === 'string') return check === undefined ? fc.string().map(text => [text, text]) : fc.constant(['7', '7']);
  return fc.bigInt(bounds[type]).chain(value => {
    const hexadecimal = `0x${value.toString(16)}`;
    return fc
      .constantFrom(String(value), ` ${value}`, value < 0n ? String(value) : hexadecimal)
      .map(text => [text, String(value)]);
  });
};

const assignment = fc.constantFrom(...sortedNames()).chain(name => writtenValue(name).map(value => ({ name, value })));

test('every form of a flag sets the same value, the last one wins, positionals keep their order', () => {
  fc.assert(
    fc.property(
      fc.array(assignment),
      fc.array(fc.string().filter(text => !text.startsWith('-'))),
      (assignments, words) => {
        const written = assignments.flatMap(({ name, value: [text] }, index) => {
          const dashes = index % 2 === 0 ? '-' : '--';
          const spelled = index % 3 === 0 ? name.replaceAll('_', '-') : name;
          if (flagTable[name].type !== 'bool' && index % 5 === 0) return [dashes + spelled, text];
          return [`${dashes}${spelled}=${text}`];
        });
        const { flags, positionals } = run([...written, ...words, '--', '--json']);
        assert.deepEqual(positionals, [...words, '--json']);
        const last = new Map(assignments.map(({ name, value }) => [name, value[1]]));
        for (const name of sortedNames()) assert.equal(flags.text(name), last.get(name) ?? flags.defaultText(name));
      },
    ),
  );
});

test('no command line makes the parser throw, and whatever it refuses it names', () => {
  const argument = fc.oneof(
    fc.string(),
    fc.constantFrom('--json', '-x', '--no', '--=', '-', '--', '---', '--nojson=1', '--A', '--undefok=x'),
  );
  fc.assert(
    fc.property(fc.array(argument), argv => {
      const outcome = parseFlags(argv, shell, {});
      if (outcome.kind === 'run' || outcome.code === 0) return;
      for (const line of outcome.stderr.trimEnd().split('\nERROR')) assert.match(line, /[.?]$/);
    }),
  );
});

test('boolean flags take no separate value, and have a form with no', () => {
  const { flags, positionals } = run(['--json', 'false', '--noheader', '--nocsv=true']);
  assert.equal(flags.get('json'), true);
  assert.equal(flags.get('header'), false);
  assert.equal(flags.get('csv'), false);
  assert.deepEqual(positionals, ['false']);
});

test('an unknown flag is refused with the nearest known one', () => {
  assert.equal(refusal(['--jsno']), "ERROR: unknown command line flag 'jsno'. Did you mean --json?\n");
  assert.match(refusal(['--extension_socket=/x']), /Did you mean --extensions_socket\?/);
  assert.match(refusal(['--qwertyuiop']), /Run outposti --help for the flags there are\./);
  assert.match(refusal(['--no_json']), /'no_json'/);
});

test('all faults are reported, sorted by flag', () => {
  const lines = refusal(['--profile=x', '--alarm_timeout=5', '--zzzzz', '--header=maybe']).trimEnd().split('\n');
  assert.deepEqual(
    lines.map(line => /flag '(\w+)'/.exec(line)?.[1]),
    ['alarm_timeout', 'header', 'profile', 'zzzzz'],
  );
  assert.match(lines[2] ?? '', /It takes a whole number from -2147483648 to 2147483647\.$/);
});

test('flags of osquery without a part here are taken, checked by type, and named in one line', () => {
  const { notices } = run(['--audit_allow_config', '--tls_hostname', 'x', '--events_max=5', '--noenable_syslog']);
  assert.deepEqual(notices, [
    'These flags are known, but have no effect yet: --audit_allow_config, --enable_syslog, --events_max, --tls_hostname.',
  ]);
  assert.match(refusal(['--events_max=many']), /illegal value 'many' specified for uint64 flag 'events_max'/);
});

test('an alias sets its flag', () => {
  assert.equal(run(['--db_path=/x']).flags.get('database_path'), '/x');
  assert.equal(run(['--config_tls_refresh', '60']).flags.get('config_refresh'), 60);
});

test('a flag file is read in its place, and may name others', () => {
  const inner = flagfile('--schedule_epoch=6\n--nojson\n');
  const outer = flagfile(`# a comment\n\n  --schedule_epoch=5\n--json\n--flagfile=${inner}\n`);
  const { flags } = run(['--schedule_epoch=1', `--flagfile=${outer}`, '--alarm_timeout=20']);
  assert.equal(flags.get('schedule_epoch'), 6);
  assert.equal(flags.origin('schedule_epoch'), 'flag file');
  assert.equal(flags.get('json'), false);
  assert.equal(flags.get('alarm_timeout'), 20);
  assert.equal(flags.flagfile.split(',').length, 1);
});

test('flag files that name themselves end in an error', () => {
  const path = join(directory, 'loop');
  writeFileSync(path, `--flagfile=${path}\n`);
  assert.match(refusal([`--flagfile=${path}`]), /nested deeper than 8/);
});

test('an unknown flag in a flag file is refused with its line, unless leniency is asked for or osquery is the name', () => {
  const path = flagfile('--json\n--scheduel_epoch=5\n--schedule_epoch 7\n--separator\n');
  const stderr = refusal([`--flagfile=${path}`]);
  assert.match(stderr, /'scheduel_epoch' \(line 2 of .*\)\. Did you mean --schedule_epoch\?/);
  assert.match(stderr, /'schedule_epoch 7' \(line 3 of .*\)\. A flag file takes --name=value on a line\./);
  assert.match(stderr, /'--separator' is missing its argument \(line 4 of/);
  assert.equal(run(['--flagfile_lenient', `--flagfile=${path}`]).notices.length, 3);
  assert.equal(run([`--flagfile=${path}`], osqueryd).flags.get('json'), true);
  assert.match(refusal([`--flagfile=${path}`, '--noflagfile_lenient'], osqueryd), /scheduel_epoch/);
});

test('a flag file that cannot be read is an error that says why', () => {
  assert.equal(
    refusal(['--flagfile=/nonexistent/f']),
    'ERROR: the flag file /nonexistent/f cannot be read: no such file or directory.\n',
  );
  assert.match(refusal(['--flagfile=/dev/zero']), /it has more than 1048576 bytes/);
  assert.match(refusal([`--flagfile=${directory}`]), /illegal operation on a directory/);
});

test('the environment is read where that is asked for', () => {
  const environment = { FLAGS_schedule_epoch: '9', FLAGS_json: 'maybe' };
  assert.equal(run([], shell, environment).flags.get('schedule_epoch'), 0);
  assert.equal(run(['--fromenv=schedule_epoch'], shell, environment).flags.get('schedule_epoch'), 9);
  assert.equal(run(['--tryfromenv=schedule_epoch,csv'], shell, environment).flags.get('schedule_epoch'), 9);
  assert.match(refusal(['--fromenv=csv'], shell, environment), /FLAGS_csv not found in environment/);
  assert.match(refusal(['--fromenv=json'], shell, environment), /illegal value 'maybe'/);
});

test('--version and --help win over everything else', () => {
  const version = parseFlags(['--nope', '--version'], osqueryd, {});
  assert.ok(version.kind === 'exit');
  assert.match(version.stdout, /^osqueryd version \d+\.\d+\.\d+\n$/);
  const help = parseFlags(['--json=maybe', '-h'], shell, {});
  assert.ok(help.kind === 'exit');
  assert.equal(help.code, 0);
});

test('--help lists every flag that is not hidden, the shell flags for the shell only', () => {
  for (const program of [shell, osqueryd]) {
    const outcome = parseFlags(['--help'], program, {});
    assert.ok(outcome.kind === 'exit');
    for (const name of sortedNames()) {
      const { class: flagClass, type } = flagTable[name];
      const shown = flagClass !== 'hidden' && !(flagClass === 'shell' && program.kind === 'daemon');
      assert.equal(outcome.stdout.includes(`\n    --${name}${type === 'bool' ? ' ' : ' VALUE '}`), shown, name);
    }
  }
});

test('names decide on paths and kinds, -S and -D on kinds', () => {
  assert.deepEqual(programOf('/usr/bin/osqueryi', ['-D'], '/h'), {
    name: 'osqueryd',
    kind: 'daemon',
    osquery: true,
    home: '/h',
  });
  assert.equal(programOf('osqueryd', ['--S'], '/h').kind, 'shell');
  assert.equal(programOf('outpostd', ['-S=true'], '/h').kind, 'daemon');
  assert.equal(run([], programOf('outpostd', [], '/root')).flags.get('database_path'), '/var/outpost/outpost.db');
  assert.equal(run([], osqueryd).flags.get('config_path'), '/etc/osquery/osquery.conf');
  assert.equal(run([], osqueryd).flags.get('logger_sequence'), false);
  assert.equal(run([]).flags.get('logger_sequence'), true);
});
