import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { toBytes } from '../../../core/src/shell/bytes.ts';
import { openEngineSource } from '../../../core/src/shell/source/open.ts';
import { differences, onRealEngine } from './differences.ts';
import { runInProcess, type ShellRun } from './host.ts';

interface GoldenRun {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly only_these_args?: boolean;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly exit: number;
  readonly stdout: string | { readonly base64: string };
  readonly stderr: string;
  readonly written?: Readonly<Record<string, string>>;
}

const directory = mkdtempSync(join(tmpdir(), 'outpost-replay-'));
after(() => rmSync(directory, { recursive: true }));

const records = readFileSync(new URL('../../golden/shell.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as GoldenRun);

const placed = (text: string): string => text.replaceAll('@T', directory);

const runRecord = async ({
  name: title,
  args,
  only_these_args: only,
  program,
  stdin,
  env,
  files,
}: GoldenRun): Promise<ShellRun> => {
  const log: string[] = [];
  for (const [name, content] of Object.entries(files ?? {})) writeFileSync(join(directory, name), placed(content));
  const common = ['--flagfile=/dev/null', `--config_path=${directory}/none.conf`, '--disable_extensions'];
  const argv = [...(only === true ? [] : common), ...args].map(placed);
  const environment = { HOME: '/home/user', ...env };
  const run = await runInProcess(argv, {
    name: program,
    environment,
    ...(stdin === undefined ? {} : { stdin }),
    ...(onRealEngine.test(title) ? { openLocal: flags => openEngineSource(flags, text => void log.push(text)) } : {}),
  });
  run.stderr.bytes = toBytes(log.join('')) + run.stderr.bytes;
  return run;
};

/** Status lines without time, process and source, which are ours. */
const withoutHeads = (text: string): string => text.replaceAll(/^([IWE])(?:\d{4} [\d:.]+ +\d+)? \S+\] /gm, '$1 ');

/** Errors of flags, and of what is not authorized, may say more than osquery's: each of its lines must be the start of ours. */
const assertStderr = (actualText: string, expectedText: string): void => {
  const [actual, expected] = [actualText, expectedText].map(withoutHeads) as [string, string];
  const longer =
    expected.startsWith('ERROR: ') ||
    /^Error: (near line \d+: )?(not authorized|authorization denied)$/m.test(expected);
  if (!longer) return assert.equal(actual, expected);
  const lines = actual.split('\n');
  for (const [index, line] of expected.split('\n').entries()) assert.ok(lines[index]?.startsWith(line), actual);
  assert.equal(lines.length, expected.split('\n').length);
};

const assertRecord = (record: GoldenRun, { exit, stdout, stderr }: ShellRun): void => {
  const bytes =
    typeof record.stdout === 'string'
      ? Buffer.from(placed(record.stdout))
      : Buffer.from(record.stdout.base64, 'base64');
  assert.equal(stdout.text, bytes.toString());
  assert.deepEqual(stdout.buffer, bytes);
  assertStderr(stderr.text, placed(record.stderr));
  assert.equal(exit, record.exit);
  for (const [name, content] of Object.entries(record.written ?? {})) {
    assert.equal(readFileSync(join(directory, name), 'utf8'), content);
  }
};

for (const record of records) {
  const reason = differences.find(({ names }) => names.test(record.name))?.reason;
  test(`osqueryi: ${record.name}`, { skip: reason ?? false }, async () => {
    assertRecord(record, await runRecord(record));
  });
}
